import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '../../storage/database.js';
import type { ChangeAuthor, ConfigurationEditor, Edit, PlannedStep } from '../changes/index.js';
import { resetHealth } from '../health/index.js';
import { type CommonChange, commonlyChanged } from './changed-channel.js';
import { checkGroups, knownChannel } from './channel-desk.js';
import type { ChannelSurroundings } from './channel-entry.js';
import type { ChannelFilter } from './channel-filter.js';
import type { StoredKey } from './channel-key.js';
import { comparableFilter } from './channel-search.js';
import { findChannelIds } from './channel-search-store.js';
import { channelDeletion, channelSteps } from './channel-steps.js';
import { readChannels, type StoredChannel } from './channel-store.js';
import { ChannelKeyNotFoundError, ChannelsTooManyError, InvalidChannelError } from './channels-errors.js';

/** What becomes of every channel that is meant. To enable it also ends what its failures have disabled. */
export interface ChannelBatch extends CommonChange {
  readonly delete?: boolean | undefined;
}

export interface BatchResult {
  /** Channels or keys that were meant. */
  readonly matched: number;
  /** Those of them that had to be changed. */
  readonly changed: number;
}

export interface ChannelBatchDoors extends ChannelSurroundings {
  readonly database: Database;
  readonly editor: ConfigurationEditor;
  /** Ids of channels and keys whose failures keep them from being used. */
  failing(): { readonly channels: ReadonlySet<string>; readonly keys: ReadonlySet<string> };
  /** Models of a channel whose failures keep them from being used there. */
  failingModels(channelId: string): ReadonlySet<string>;
}

/** Of one transaction: as long as it lasts, nobody else changes the configuration. */
const channelsMax = 1_000;
/** As many are looked at without a pause, which calls in flight would notice. */
const channelsInTurn = 50;

/** Changes all channels that a filter means, or none. @throws InvalidChannelError, ChannelsTooManyError, StorageUnavailableError */
export async function changeChannels(
  { database, editor, failing, ...surroundings }: ChannelBatchDoors,
  author: ChangeAuthor,
  filter: ChannelFilter,
  batch: ChannelBatch,
): Promise<BatchResult> {
  const { secretBox } = surroundings;
  const meant = await comparableFilter(database.knex, filter, secretBox);
  return editor.edit(author, async (transaction) => {
    const { groups, enabled } = batch.fields ?? {};
    await checkGroups(transaction, (groups ?? []) as readonly string[]);
    const ids = await findChannelIds(transaction, database.kind, meant);
    if (ids.length > channelsMax) throw new ChannelsTooManyError(ids.length, channelsMax);
    const known = await readChannels(transaction, ids);
    // Null is the default, which is on.
    const unwell = enabled === true || enabled === null ? failing().channels : new Set<string>();
    const perChannel: (readonly PlannedStep[])[] = [];
    for (const channel of known) {
      const steps =
        batch.delete === true ? [channelDeletion(channel)] : channelSteps(channel, changedIn(batch, channel, surroundings), secretBox);
      perChannel.push(unwell.has(channel.id) ? [...steps, recovery(channel)] : steps);
      if (perChannel.length % channelsInTurn === 0) await nextTurn();
    }
    return { steps: perChannel.flat(), result: resultOf(perChannel) };
  });
}

/** Which keys of a channel are meant. */
type MeantKeys = (key: Pick<StoredKey, 'id' | 'enabled'>) => boolean;

/**
 * Enables, disables or deletes keys of a channel.
 * @param meant which of them; the one in the configuration is asked after by the channel's own id
 * @throws ChannelNotFoundError, InvalidChannelError, StorageUnavailableError
 */
export function changeKeys(
  { editor, secretBox, failing }: ChannelBatchDoors,
  author: ChangeAuthor,
  channelId: string,
  meant: MeantKeys,
  action: 'enable' | 'disable' | 'delete',
): Promise<BatchResult> {
  return editor.edit(author, async (transaction) => {
    const known = await knownChannel(transaction, channelId);
    if (known.keys.length === 0) return changeOfConfigKey(known, meant, action, failing().keys);
    const chosen = new Set(known.keys.filter(meant).map(({ id }) => id));
    const unwell = action === 'enable' ? known.keys.filter(({ id }) => chosen.has(id) && failing().keys.has(id)) : [];
    const keys = known.keys.flatMap((key) => {
      if (!chosen.has(key.id)) return [key];
      return action === 'delete' ? [] : [{ ...key, enabled: action === 'enable' }];
    });
    if (action === 'delete' && keys.length === 0) throw new InvalidChannelError([lastKeyProblem]);
    const isChanged = (id: string): boolean =>
      action === 'delete' || known.keys.find((key) => key.id === id)?.enabled !== (action === 'enable');
    const changed = new Set([...[...chosen].filter(isChanged), ...unwell.map(({ id }) => id)]);
    return {
      steps: [...channelSteps(known, { ...known, keys }, secretBox), ...unwell.map((key) => recovery(known, key))],
      result: { matched: chosen.size, changed: changed.size },
    };
  });
}

/** All that can be done to the key in the configuration is to end what its failures have done. @throws InvalidChannelError */
function changeOfConfigKey(channel: StoredChannel, meant: MeantKeys, action: string, failing: ReadonlySet<string>): Edit<BatchResult> {
  const { id } = channel;
  if (!meant({ id, enabled: true })) return { steps: [], result: { matched: 0, changed: 0 } };
  if (action !== 'enable') throw new InvalidChannelError([configKeyProblem]);
  const steps = failing.has(id) ? [recovery(channel, { id, hint: 'the key in config' })] : [];
  return { steps, result: { matched: 1, changed: steps.length } };
}

/**
 * Ends what failures have done to models of a channel.
 * @param names left out: all that are not used now
 * @throws ChannelNotFoundError, InvalidChannelError naming the models that the channel does not offer; StorageUnavailableError
 */
export function enableModels(
  { editor, failingModels }: ChannelBatchDoors,
  author: ChangeAuthor,
  channelId: string,
  names: readonly string[] | undefined,
): Promise<BatchResult> {
  return editor.edit(author, async (transaction) => {
    const known = await knownChannel(transaction, channelId);
    const unwell = failingModels(channelId);
    const meant = [...new Set(names ?? unwell)];
    const others = meant.flatMap((model, index) =>
      known.models.includes(model) ? [] : [{ path: ['models', index], message: 'The channel does not offer this model.' }],
    );
    if (others.length > 0 && names !== undefined) throw new InvalidChannelError(others);
    const steps = meant.filter((model) => unwell.has(model)).map((model) => modelRecovery(known, model));
    return { steps, result: { matched: meant.length, changed: steps.length } };
  });
}

/**
 * Says something else of a key; the key stays as it is.
 * @param remark null takes it off
 * @throws ChannelNotFoundError, ChannelKeyNotFoundError, StorageUnavailableError
 */
export function remarkKey(
  { editor, secretBox }: ChannelBatchDoors,
  author: ChangeAuthor,
  channelId: string,
  keyId: string,
  remark: string | null,
): Promise<StoredKey> {
  return editor.edit(author, async (transaction) => {
    const known = await knownChannel(transaction, channelId);
    const before = known.keys.find(({ id }) => id === keyId);
    if (before === undefined) throw new ChannelKeyNotFoundError(keyId);
    const { remark: _remark, ...rest } = before;
    const changed = remark === null ? rest : { ...rest, remark };
    const keys = known.keys.map((key) => (key.id === keyId ? changed : key));
    return { steps: channelSteps(known, { ...known, keys }, secretBox), result: changed };
  });
}

const lastKeyProblem = { path: ['keys'], message: 'A channel keeps at least one key. Add another first, or delete the channel.' };

const configKeyProblem = {
  path: ['action'],
  message: 'The key in `config` goes with its channel: disable or delete the channel, or change its `config`.',
};

/** @throws InvalidChannelError that names the channel */
function changedIn(batch: ChannelBatch, channel: StoredChannel, surroundings: ChannelSurroundings): StoredChannel {
  try {
    return commonlyChanged(channel, batch, surroundings);
  } catch (error) {
    if (!(error instanceof InvalidChannelError)) throw error;
    throw new InvalidChannelError(
      error.problems.map(({ field, detail }) => ({ path: field.split('.'), message: `Channel "${channel.name}": ${detail}` })),
    );
  }
}

/** Ends what failures have disabled, or let cool down. */
function recovery({ id, name }: StoredChannel, key?: Pick<StoredKey, 'id' | 'hint'>): PlannedStep {
  const field = key === undefined ? 'health' : `keys.${key.id}`;
  return {
    change: { action: 'enable', kind: 'channel', name, fields: [{ field, to: key === undefined ? 'well' : `${key.hint}, well` }] },
    run: (transaction) => resetHealth(transaction, id, key && { keyId: key.id }),
  };
}

function modelRecovery({ id, name }: StoredChannel, model: string): PlannedStep {
  return {
    change: { action: 'enable', kind: 'channel', name, fields: [{ field: `models.${model}`, to: 'well' }] },
    run: (transaction) => resetHealth(transaction, id, { model }),
  };
}

function resultOf(perChannel: readonly (readonly PlannedStep[])[]): BatchResult {
  return { matched: perChannel.length, changed: perChannel.filter((steps) => steps.length > 0).length };
}
