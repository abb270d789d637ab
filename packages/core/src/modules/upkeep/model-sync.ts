import type { UpstreamModel } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import { nameSchema } from '../../foundation/name-schema.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { type ChangeAuthor, type ConfigurationEditor, gatewayItself } from '../changes/index.js';
import { type Channel, type ChannelKey, channelSteps, knownChannel, type StoredChannel } from '../channels/index.js';
import type { SettingsValues } from '../settings/index.js';
import { type ChannelFinding, readFindings, readFindingsOfKind, writeFinding } from './channel-finding-store.js';
import { type FollowedModels, followedModels, type ModelDifference, modelDifference, type ModelListFinding } from './followed-models.js';
import type { modelSyncSettings } from './model-sync-settings.js';
import { type ChannelOpener, openedChannel, openedFrom } from './opened-channel.js';
import { type Answered, askUpstream, type AskedOnce, type QuestionFailure, type UpstreamAsker } from './upstream-question.js';

export interface ModelSyncDoors extends ChannelOpener, UpstreamAsker {
  readonly editor: ConfigurationEditor;
  readonly settings: () => SettingsValues<typeof modelSyncSettings>;
  /** Those that can be used now. */
  readonly channels: () => readonly Channel[];
  readonly clock: Clock;
}

/** What a channel could offer. */
export interface ListedModels extends ModelDifference {
  /** `adapter`: the place lists none, and these are known to be there. */
  readonly source: 'upstream' | 'adapter';
  readonly models: readonly UpstreamModel[];
}

export interface SyncedModels {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const modelsMax = 10_000;
const hourMs = 3_600_000;
/** How soon a changed schedule is noticed, and a channel that is new. */
const tickMs = 60_000;
/** A turn must not keep other jobs waiting. */
const channelsAtOnce = 16;

/** Asks upstreams which models they have, and lets channels follow. */
export class ModelSync {
  readonly #doors: ModelSyncDoors;

  constructor(doors: ModelSyncDoors) {
    this.#doors = doors;
  }

  /** @throws ChannelNotFoundError, ChannelUnusableError, StorageUnavailableError */
  async list(channelId: string): Promise<Answered<ListedModels>> {
    const channel = await openedChannel(this.#doors, channelId);
    const stored = await knownChannel(this.#doors.database.knex, channelId);
    const { models: listing, knownModels = [] } = channel.adapter;
    const listed = listing === undefined ? { answer: knownModels } : await listedBy(this.#doors, channel);
    if ('failure' in listed) return listed;
    const names = listed.answer.map(({ id }) => id);
    const source = listing === undefined ? 'adapter' : 'upstream';
    return { answer: { source, models: listed.answer, ...modelDifference(stored, names) } };
  }

  /**
   * Lets one channel follow now, as the settings say.
   * @param signal ends it, and nothing has changed then
   * @throws ChannelNotFoundError, ChannelUnusableError, ChannelChangedError if somebody changes it while its upstream is asked,
   * StorageUnavailableError
   */
  sync(channelId: string, author: ChangeAuthor, signal?: AbortSignal): Promise<Answered<SyncedModels>> {
    return this.#follow(channelId, author, signal);
  }

  /** Channels whose turn it is: once in the cluster, however many nodes there are. */
  job(): JobHandler {
    return { kind: 'sync-models', everyMs: () => tickMs, run: (_payload, signal) => this.runDue(signal) };
  }

  /** @param signal ends it, so that nobody who stops waits for upstreams. @throws StorageUnavailableError */
  async runDue(signal?: AbortSignal): Promise<void> {
    const { settings, channels, clock, database, log } = this.#doors;
    const { auto, everyHours } = settings();
    if (!auto || signal?.aborted) return;
    const findings = await readFindingsOfKind(database.knex, 'models');
    const due = dueChannels(channels(), findings, everyHours, clock.now()).slice(0, channelsAtOnce);
    await Promise.all(
      due.map(async (channel) => {
        const followed = await this.#follow(channel.id, gatewayItself, signal).catch((error: unknown) => {
          if (!signal?.aborted) log.warn({ err: error, channel: channel.name }, 'The models of a channel could not be brought up to date');
          return undefined;
        });
        if (followed !== undefined && 'failure' in followed)
          log.warn({ channel: channel.name, code: followed.failure.code }, 'An upstream does not say which models it has');
      }),
    );
  }

  async #follow(channelId: string, author: ChangeAuthor, signal?: AbortSignal): Promise<Answered<SyncedModels>> {
    const { database, editor, settings, secretBox, clock } = this.#doors;
    const asked = await knownChannel(database.knex, channelId);
    const channel = openedFrom(this.#doors, asked);
    const listed = channel.adapter.models === undefined ? { failure: listsNone } : await listedBy(this.#doors, channel, signal);
    signal?.throwIfAborted();
    const at = clock.now();
    return editor.edit<Answered<SyncedModels>>(author, async (transaction) => {
      // Others may have kept the edit waiting.
      signal?.throwIfAborted();
      // The list may be that of another upstream than the one that the channel leads to now.
      const known = await knownChannel(transaction, channelId, asked.version);
      const before = (await readFindings(transaction, [channelId])).find(({ kind }) => kind === 'models')?.finding as
        | ModelListFinding
        | undefined;
      const followed = 'failure' in listed ? listed : followedBy(known, listed.answer, before, settings().keepCustom);
      if ('failure' in followed) {
        const finding = { listed: [], added: [], ...before, failure: followed.failure.code };
        await writeFinding(transaction, { channelId, kind: 'models', at, finding });
        return { steps: [], result: followed };
      }
      const { models, added, removed, finding } = followed.answer;
      await writeFinding(transaction, { channelId, kind: 'models', at, finding });
      const steps = added.length + removed.length === 0 ? [] : channelSteps(known, { ...known, models }, secretBox);
      return { steps, result: { answer: { added, removed } } };
    });
  }
}

/** Those that follow, were not asked for so long, and can be. */
export function dueChannels(
  channels: readonly Channel[],
  findings: readonly Pick<ChannelFinding, 'channelId' | 'at'>[],
  everyHours: number,
  now: number,
): readonly Channel[] {
  const askedAt = new Map(findings.map(({ channelId, at }) => [channelId, at]));
  return channels.filter(({ id, adapter, options }) => {
    const at = askedAt.get(id);
    return options.syncModels && adapter.models !== undefined && (at === undefined || now >= at + everyHours * hourMs);
  });
}

const listsNone: QuestionFailure = { code: 'upstream_bad_answer', message: 'The place of this channel has no list of models.' };
const emptyList: QuestionFailure = { code: 'upstream_bad_answer', message: 'The upstream lists no models.' };
const noneLeft: QuestionFailure = { code: 'upstream_bad_answer', message: 'The upstream lists none of the models of the channel.' };

function followedBy(
  known: StoredChannel,
  listed: readonly UpstreamModel[],
  before: ModelListFinding | undefined,
  keepCustom: boolean,
): Answered<FollowedModels> {
  const names = listed.map(({ id }) => id);
  const followed = followedModels(known, names, before, keepCustom);
  return followed === undefined ? { failure: noneLeft } : { answer: followed };
}

/** Of a channel with many keys not all are asked: where the first few are refused, the rest is likely to be. */
const keysAskedMax = 5;

/**
 * By the first key that is answered. Names that nobody could ask for are left out; an empty list is taken for a failure, so that it takes nothing
 * away.
 */
async function listedBy(asker: UpstreamAsker, channel: Channel, signal?: AbortSignal): Promise<Answered<readonly UpstreamModel[]>> {
  let asked: AskedOnce<readonly UpstreamModel[]> = { failure: listsNone, ofKey: true };
  for (const key of channel.keys.slice(0, keysAskedMax)) {
    asked = await listedByKey(asker, channel, key, signal);
    if ('answer' in asked || !asked.ofKey) break;
  }
  if ('failure' in asked) return { failure: asked.failure };
  return asked.answer.length === 0 ? { failure: emptyList } : { answer: asked.answer.slice(0, modelsMax) };
}

function listedByKey(
  asker: UpstreamAsker,
  channel: Channel,
  key: ChannelKey,
  signal?: AbortSignal,
): Promise<AskedOnce<readonly UpstreamModel[]>> {
  const { config } = key;
  const listing = channel.adapter.models as NonNullable<typeof channel.adapter.models>;
  return askUpstream(asker, {
    channel,
    key,
    requests: () => [listing.request(config), ...(listing.more?.(config) ?? [])],
    read: ([body, ...more]) => listing.read(body, more, config).filter(({ id }) => nameSchema.safeParse(id).success),
    signal,
  });
}
