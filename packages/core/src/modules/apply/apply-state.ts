import type { Millipoints } from '../../foundation/millipoints.js';
import type { Transaction } from '../../storage/database.js';
import { readRevision } from '../../cluster/configuration-revision.js';
import { readChannels, type StoredChannel } from '../channels/index.js';
import { type Group, readGroups } from '../groups/index.js';
import { type Model, readModels, readVendors, type Vendor } from '../models/index.js';
import { readTokens, type Token } from '../tokens/index.js';
import { readPasswordHashes, readUsers, type User } from '../users/index.js';
import type { ApplyContext } from './apply-context.js';

/** What the database holds before the file is applied. */
export interface ApplyState {
  readonly revision: number;
  readonly groups: ReadonlyMap<string, Group>;
  readonly vendors: ReadonlyMap<string, Vendor>;
  readonly models: ReadonlyMap<string, Model>;
  readonly channels: ReadonlyMap<string, StoredChannel>;
  readonly users: ReadonlyMap<string, User>;
  /** By user id. */
  readonly passwordHashes: ReadonlyMap<string, string>;
  /** By user id. */
  readonly startingBalances: ReadonlyMap<string, Millipoints>;
  /** By `username/name`. */
  readonly tokens: ReadonlyMap<string, Token>;
  /** What each token's budget was last set to, by token id. */
  readonly budgetTargets: ReadonlyMap<string, Millipoints | 'unlimited'>;
  /** Section → field → value. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export async function readApplyState(transaction: Transaction, { books, settings }: ApplyContext): Promise<ApplyState> {
  const users = await readUsers(transaction);
  const usernames = new Map(users.map(({ id, username }) => [id, username]));
  return {
    revision: await readRevision(transaction),
    groups: byName(await readGroups(transaction)),
    vendors: byName(await readVendors(transaction)),
    models: byName(await readModels(transaction)),
    channels: byName(await readChannels(transaction)),
    users: new Map(users.map((user) => [user.username, user])),
    passwordHashes: await readPasswordHashes(transaction),
    startingBalances: await books.grantsOf(transaction, 'starting-balance'),
    tokens: new Map((await readTokens(transaction)).map((token) => [`${usernames.get(token.userId)}/${token.name}`, token])),
    budgetTargets: await books.tokenBudgetTargets(transaction),
    settings: await settings.stored(transaction),
  };
}

function byName<Named extends { readonly name: string }>(things: readonly Named[]): ReadonlyMap<string, Named> {
  return new Map(things.map((thing) => [thing.name, thing]));
}
