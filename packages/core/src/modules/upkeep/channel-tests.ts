import type { Clock } from '../../foundation/clock.js';
import { GatewayError } from '../../foundation/errors.js';
import type { Logger } from '../../foundation/logger.js';
import type { JobHandler } from '../../storage/job-runner.js';
import { type Channel, type ChannelKey, knownChannel } from '../channels/index.js';
import { type ChannelPart, circuitNameOf, type HealthBook } from '../health/index.js';
import { firstUsable, KeyTurns } from '../routing/index.js';
import type { SettingsValues } from '../settings/index.js';
import { type ChannelFinding, readFindings, readFindingsOfKind, writeFinding } from './channel-finding-store.js';
import type { channelTestSettings } from './channel-test-settings.js';
import type { TestReport, Trial, TryChannel } from './channel-test.js';
import { type ChannelOpener, openedChannel } from './opened-channel.js';
import { NoTestModelError } from './upkeep-errors.js';

export interface ChannelTestsDoors extends ChannelOpener {
  readonly tryChannel: TryChannel;
  readonly health: Pick<HealthBook, 'keyBlocked' | 'report' | 'enable' | 'list'>;
  readonly settings: () => SettingsValues<typeof channelTestSettings>;
  /** Those that can be used now. */
  readonly channels: () => readonly Channel[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a person chooses of a test; what is left out follows from the channel. */
export interface TestChoice {
  readonly model?: string | undefined;
  readonly keyId?: string | undefined;
  readonly dialect?: string | undefined;
  readonly stream?: boolean | undefined;
}

/** A test as it is remembered. */
export interface LastTest {
  readonly at: number;
  readonly report: TestReport;
}

/** So many keys and models of one channel are tried again in one go; the next go begins where it ended. */
const partsMax = 4;
/** A turn must not keep other jobs waiting. */
const channelsAtOnce = 8;
const minuteMs = 60_000;

/** Tests channels. What a test finds counts for their health as a call's outcome does, and one that answers is well again. */
export class ChannelTests {
  readonly #doors: ChannelTestsDoors;
  readonly #turns = new KeyTurns();
  /** Channel → where its next go begins, as long as it takes more than one. Each node counts its own. */
  readonly #nextParts = new Map<string, number>();

  constructor(doors: ChannelTestsDoors) {
    this.#doors = doors;
  }

  /**
   * @param userId who asks; empty for the gateway itself
   * @param signal breaks it off; its report then says nothing of the channel
   * @throws ChannelNotFoundError, ChannelKeyNotFoundError, ChannelUnusableError, NoTestModelError, StorageUnavailableError
   */
  async test(channelId: string, choice: TestChoice, userId: string, signal?: AbortSignal): Promise<TestReport> {
    const channel = await openedChannel(this.#doors, channelId, choice.keyId);
    const { report } = await this.#tested(channel, choice, userId, signal);
    if (!signal?.aborted) await this.#remember(channelId, [report]);
    return report;
  }

  /**
   * What failures have taken out of the channel, each by a call of its own; where there is nothing, one call. What was found is remembered
   * whatever happens, and why a channel could not be tested too: else it would be the first whose turn it is for ever.
   * @param signal ends it, so that nobody who stops waits for upstreams
   * @throws as {@link test}
   */
  async testAll(channelId: string, signal?: AbortSignal): Promise<readonly TestReport[]> {
    const reports: TestReport[] = [];
    try {
      for (const choice of this.#turnOf(channelId, await this.#partsOf(channelId))) {
        const channel = await openedChannel(this.#doors, channelId, choice.keyId);
        if (signal?.aborted) break;
        const trial = await this.#tested(channel, choice, '', signal);
        if (signal?.aborted) break;
        reports.push(trial.report);
      }
    } catch (error) {
      reports.push(untested(error));
      throw error;
    } finally {
      await this.#remember(channelId, reports);
    }
    return reports;
  }

  /** Without keys that people have switched off. @throws ChannelNotFoundError, StorageUnavailableError */
  async #partsOf(channelId: string): Promise<readonly TestChoice[]> {
    const { keys } = await knownChannel(this.#doors.database.knex, channelId);
    const keyIds = new Set(keys.length === 0 ? [channelId] : keys.filter(({ enabled }) => enabled).map(({ id }) => id));
    const shut = this.#doors.health.list().filter((record) => record.channelId === channelId && record.reason !== 'person');
    return shut.flatMap(({ kind, subject }): readonly TestChoice[] => {
      if (kind === 'key') return keyIds.has(subject) ? [{ keyId: subject }] : [];
      return kind === 'model' ? [{ model: subject }] : [];
    });
  }

  #turnOf(channelId: string, parts: readonly TestChoice[]): readonly TestChoice[] {
    if (parts.length <= partsMax) {
      this.#nextParts.delete(channelId);
      return parts.length === 0 ? [{}] : parts;
    }
    const start = (this.#nextParts.get(channelId) ?? 0) % parts.length;
    this.#nextParts.set(channelId, start + partsMax);
    return [...parts.slice(start), ...parts.slice(0, start)].slice(0, partsMax);
  }

  /** Channel → its last one. @throws StorageUnavailableError */
  async lastOf(channelIds: readonly string[]): Promise<ReadonlyMap<string, LastTest>> {
    const found = await readFindings(this.#doors.database.knex, channelIds);
    return new Map(
      found.flatMap(({ channelId, kind, at, finding }) => (kind === 'test' ? [[channelId, { at, report: finding as TestReport }]] : [])),
    );
  }

  /** The last one, of a person or of the schedule. @throws ChannelNotFoundError, StorageUnavailableError */
  async last(channelId: string): Promise<LastTest | undefined> {
    const { knex } = this.#doors.database;
    await knownChannel(knex, channelId);
    const found = (await readFindings(knex, [channelId])).find(({ kind }) => kind === 'test');
    return found && { at: found.at, report: found.finding as TestReport };
  }

  /** Channels whose turn it is: once in the cluster, however many nodes there are. */
  job(): JobHandler {
    return { kind: 'test-channels', everyMs: () => minuteMs, run: (_payload, signal) => this.runDue(signal) };
  }

  /** @throws StorageUnavailableError */
  async runDue(signal?: AbortSignal): Promise<void> {
    const { settings, channels, health, clock, database, log } = this.#doors;
    const { everyMinutes, scheduled } = settings();
    if (everyMinutes === 0 || signal?.aborted) return;
    const failing = new Set(health.list().map(({ channelId }) => channelId));
    const meant = scheduled === 'all' ? channels() : channels().filter(({ id }) => failing.has(id));
    const due = dueTests(meant, await readFindingsOfKind(database.knex, 'test'), everyMinutes, clock.now());
    await Promise.all(
      due
        .slice(0, channelsAtOnce)
        .map(({ id, name }) =>
          this.testAll(id, signal).catch((error: unknown) => log.warn({ err: error, channel: name }, 'A channel could not be tested')),
        ),
    );
  }

  async #tested(channel: Channel, choice: TestChoice, userId: string, signal?: AbortSignal): Promise<Trial> {
    const { tryChannel, settings, log } = this.#doors;
    const { model: asked, dialect, stream = false } = choice;
    const model = asked ?? testModelOf(channel);
    const key = this.#nextKey(channel);
    const trial = await tryChannel(channel, key, { model, stream, dialect, userId, timeoutMs: settings().timeoutMs, signal });
    // One that was broken off says nothing of the channel.
    if (signal?.aborted) return trial;
    // Who names a model knows what it is for.
    const isMeant = userId !== '' && asked !== undefined;
    if (isMeant || !isOfGuess(trial)) await this.#judge(channel, key, model, trial);
    const { ok, status, durationMs, failure } = trial.report;
    log.info({ channel: channel.name, model, ok, status, durationMs, failure: failure?.code, userId }, 'A channel was tested');
    return trial;
  }

  #nextKey(channel: Channel): ChannelKey {
    const { health, clock } = this.#doors;
    const start = this.#turns.startAt(channel, Math.random());
    const now = clock.now();
    return (firstUsable(channel.keys, start, ({ id }) => health.keyBlocked(id, now) === undefined) ?? channel.keys[start]) as ChannelKey;
  }

  async #judge({ id: channelId, models, options }: Channel, { id: keyId }: ChannelKey, model: string, trial: Trial): Promise<void> {
    const { health, clock } = this.#doors;
    const { verdict, words, startedAt } = trial;
    // A model that the channel does not offer has no health of its own.
    if (verdict !== undefined && !models.has(model)) return;
    health.report({ channelId, keyId, model, verdict, words, mayDisable: options.autoDisable, startedAt, at: clock.now() });
    if (verdict !== undefined) return;
    for (const part of [{}, { keyId }, { model }]) if (this.#isShut(channelId, part)) await health.enable(channelId, part);
  }

  /** What a person has taken out stays out. */
  #isShut(channelId: string, part: ChannelPart): boolean {
    const { kind, subject } = circuitNameOf(channelId, part);
    return this.#doors.health
      .list()
      .some((record) => record.channelId === channelId && record.kind === kind && record.subject === subject && record.reason !== 'person');
  }

  async #remember(channelId: string, reports: readonly TestReport[]): Promise<void> {
    const { database, clock } = this.#doors;
    const worst = reports.find(({ ok }) => !ok) ?? reports[0];
    if (worst === undefined) return;
    const { text: _text, ...finding } = worst;
    const figure = worst.ok ? Math.round(worst.durationMs) : undefined;
    await database.write((transaction) => writeFinding(transaction, { channelId, kind: 'test', at: clock.now(), finding, figure }));
  }
}

/** Those that were tested longest ago, or never, first. */
export function dueTests(
  channels: readonly Channel[],
  findings: readonly Pick<ChannelFinding, 'channelId' | 'at'>[],
  everyMinutes: number,
  now: number,
): readonly Channel[] {
  const testedAt = new Map(findings.map(({ channelId, at }) => [channelId, at]));
  const at = ({ id }: Channel): number => testedAt.get(id) ?? Number.NEGATIVE_INFINITY;
  return channels.filter((channel) => now >= at(channel) + everyMinutes * minuteMs).sort((one, other) => (at(one) < at(other) ? -1 : 1));
}

/** Asked for what it may not be for, a model is not found at many places, and works well for calls that it is for. */
function isOfGuess({ isGuess, verdict }: Trial): boolean {
  return isGuess === true && verdict?.kind === 'not-found';
}

/** Why a channel could not even be asked. Reasons that are no typed ones stay in the log. */
function untested(error: unknown): TestReport {
  const { code, kind, message } =
    error instanceof GatewayError
      ? error
      : { code: 'internal_error', kind: 'server' as const, message: 'The channel could not be tested.' };
  return {
    ok: false,
    model: '',
    stream: false,
    keyId: '',
    keyHint: '',
    durationMs: 0,
    failure: { code, kind, scope: 'channel', message },
  };
}

/** @throws NoTestModelError */
function testModelOf({ name, options, models }: Channel): string {
  const model = options.testModel ?? [...models].find((each) => !each.includes('*'));
  if (model === undefined) throw new NoTestModelError(name);
  return model;
}
