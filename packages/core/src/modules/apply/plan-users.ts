import { newId } from '../../foundation/ids.js';
import { type Millipoints, pointsText } from '../../foundation/millipoints.js';
import type { Transaction } from '../../storage/database.js';
import { type Facts, type PlannedStep, SecretFact, stepsFor } from '../changes/index.js';
import { spendCapFacts, spendCapsOf } from './plan-spend-caps.js';
import { hashPassword, insertUser, updateUser, type User, verifyPassword, writePasswordHash } from '../users/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument, UserEntry } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import { newUserGroupOf } from './group-settings.js';

export interface PlannedUsers {
  readonly steps: readonly PlannedStep[];
  readonly notes: readonly string[];
  /** Username → id, of the file's users. */
  readonly ids: ReadonlyMap<string, string>;
}

export async function planUsers(document: ApplyDocument, state: ApplyState, context: ApplyContext): Promise<PlannedUsers> {
  const newUserGroup = newUserGroupOf(document, state);
  const planned = await Promise.all(
    document.users.map(async (entry) => {
      const known = state.users.get(entry.username);
      const user = userOf(entry, known, newUserGroup, context);
      const storedHash = state.passwordHashes.get(user.id);
      const passwordHash = entry.password === undefined ? storedHash : await hashFor(entry.password, storedHash);
      const before = known && factsOf(known, storedHash);
      const steps = stepsFor({ kind: 'user', name: user.username, before, after: factsOf(user, passwordHash) }, async (transaction) => {
        await (known === undefined ? openUser(transaction, user, context) : updateUser(transaction, user));
        if (passwordHash !== undefined && passwordHash !== storedHash)
          await writePasswordHash(transaction, user.id, passwordHash, context.clock.now());
      });
      return { user, entry, steps };
    }),
  );
  return {
    steps: planned.flatMap(({ user, entry, steps }) => [...steps, ...planStartingBalance(user, entry.points, state, context)]),
    notes: planned.flatMap(({ user, entry }) => noteStartingBalance(user, entry.points, state)),
    ids: new Map(planned.map(({ user }) => [user.username, user.id])),
  };
}

function userOf(entry: UserEntry, known: User | undefined, newUserGroup: string, { clock }: ApplyContext): User {
  return {
    id: known?.id ?? newId(),
    username: entry.username,
    role: entry.role ?? known?.role ?? 'user',
    group: entry.group ?? newUserGroup,
    enabled: entry.enabled,
    createdAt: known?.createdAt ?? clock.now(),
    ...(entry.ratio === undefined ? {} : { ratio: entry.ratio }),
    ...spendCapsOf(entry.spendCaps),
  };
}

function factsOf({ role, group, ratio, spendCaps, enabled }: User, passwordHash: string | undefined): Facts {
  const password = passwordHash === undefined ? undefined : new SecretFact(passwordHash);
  return { role, group, ratio, ...spendCapFacts(spendCaps), enabled, password };
}

/** Hashes are salted, so equal passwords have different ones: the stored hash stays if it fits. */
async function hashFor(password: string, storedHash: string | undefined): Promise<string> {
  if (storedHash !== undefined && (await verifyPassword(storedHash, password))) return storedHash;
  return hashPassword(password);
}

async function openUser(transaction: Transaction, user: User, { books }: ApplyContext): Promise<void> {
  await insertUser(transaction, user);
  await books.openWallet(transaction, user.id);
}

function planStartingBalance(
  user: User,
  points: Millipoints | undefined,
  state: ApplyState,
  { books }: ApplyContext,
): readonly PlannedStep[] {
  if (points === undefined || points === 0n || state.startingBalances.has(user.id)) return [];
  const change = { action: 'grant', kind: 'user', name: user.username, fields: [{ field: 'points', to: pointsText(points) }] } as const;
  return [
    {
      change,
      async run(transaction) {
        await books.grant(transaction, { userId: user.id, amount: points, kind: 'starting-balance', reference: user.id });
      },
    },
  ];
}

function noteStartingBalance(user: User, points: Millipoints | undefined, state: ApplyState): readonly string[] {
  const granted = state.startingBalances.get(user.id);
  if (points === undefined || granted === undefined || granted === points) return [];
  return [
    `User ${user.username} got a starting balance of ${pointsText(granted)} points already; the file's ${pointsText(points)} change nothing.`,
  ];
}
