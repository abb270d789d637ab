import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { Clock } from '../../foundation/clock.js';
import { GatewayError, StorageUnavailableError } from '../../foundation/errors.js';
import { newId } from '../../foundation/ids.js';
import type { Logger } from '../../foundation/logger.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Database } from '../../storage/database.js';
import { JobInterruptedError, type JobHandler } from '../../storage/job-runner.js';
import { JobQueue } from '../../storage/jobs.js';
import { channelBalanceOf } from '../balances/index.js';
import { type ChannelFilter, type ChannelHead, comparableFilter, findChannelHeads, knownChannel } from '../channels/index.js';
import type { ChannelBalances } from './channel-balances.js';
import type { ChannelRun, ChannelRunItem, ChannelRunKind, ModelsFinding, RunFinding, RunWish } from './channel-run.js';
import {
  deleteOldRuns,
  endRun,
  insertRun,
  isOver,
  isWaiting,
  markRunning,
  readRun,
  readRunItems,
  readRuns,
  readRunUnderWay,
  readWaitingItems,
  type RunItemPage,
  writeRunFinding,
} from './channel-run-store.js';
import type { TestReport } from './channel-test.js';
import type { ChannelTests } from './channel-tests.js';
import type { ModelSync, SyncedModels } from './model-sync.js';
import { ChannelRunNotFoundError, ChannelRunUnderWayError } from './upkeep-errors.js';

export interface ChannelRunsDoors {
  readonly database: Database;
  readonly providers: ReadonlyMap<string, ProviderAdapter>;
  readonly secretBox: SecretBox;
  readonly tests: Pick<ChannelTests, 'test' | 'testAll'>;
  readonly balances: Pick<ChannelBalances, 'refresh'>;
  readonly models: Pick<ModelSync, 'sync'>;
  readonly clock: Clock;
  readonly log: Logger;
}

type Asked = NonNullable<ChannelRunItem['asked']>;

const channelsAtOnce = 8;
/** Of a channel in one run of balances, so that none holds up the others for hours: the next run begins with those that were left. */
const keysMax = 200;
/** Names of models that are kept of one channel in one run: some places list thousands. */
const namesMax = 200;
/** Of each kind. */
const runsKept = 10;
/** How soon a run that was cancelled on another node ends on this one. */
const lookEveryMs = 1_000;

/** The node stops, or another one has the run. What is left of it is asked by whoever takes it up. */
export class RunInterruptedError extends JobInterruptedError {
  constructor() {
    super('A run was left to whoever takes it up before all its channels were asked.');
  }
}

/**
 * Tests many channels, asks what is left for their keys, or lets their models follow their upstreams, in the background: at most one run of a kind at a time in the cluster. What was found
 * of each is kept as it comes, so that a run goes on where a killed node left it; channels that it was just asking are asked again.
 */
export class ChannelRuns {
  readonly #doors: ChannelRunsDoors;
  readonly #queue: JobQueue;

  constructor(doors: ChannelRunsDoors) {
    this.#doors = doors;
    this.#queue = new JobQueue(doors.database);
  }

  /**
   * Means the channels that the filter finds now. Those are left out whose places do not say it, and of models those whose lists somebody keeps.
   * @param userId who begins it
   * @throws ChannelRunUnderWayError, StorageUnavailableError
   */
  async start(kind: ChannelRunKind, filter: ChannelFilter, wish: RunWish, userId: string): Promise<ChannelRun> {
    const { database, secretBox, clock } = this.#doors;
    const id = newId();
    const wanted = await comparableFilter(database.knex, filter, secretBox);
    const isBegun = await database.write(async (transaction) => {
      const found = await findChannelHeads(transaction, database.kind, wanted);
      const meant = found.filter((head) => this.#isMeant(kind, head));
      const targets = meant.map((head) => ({ channelId: head.id, name: head.name }));
      const run = { id, kind, userId, wish, startedAt: clock.now(), leftOut: found.length - meant.length };
      if (!(await insertRun(transaction, run, targets))) return false;
      await this.#queue.enqueue(transaction, { kind: jobKindOf(kind), payload: { runId: id } });
      await deleteOldRuns(transaction, kind, runsKept);
      return true;
    });
    if (!isBegun) throw new ChannelRunUnderWayError(kind, (await readRunUnderWay(database.knex, kind))?.id);
    return this.one(id);
  }

  /** @throws ChannelRunNotFoundError, StorageUnavailableError */
  async one(id: string): Promise<ChannelRun> {
    const run = await readRun(this.#doors.database.knex, id);
    if (run === undefined) throw new ChannelRunNotFoundError(id);
    return run;
  }

  /** The newest of each kind, newest first. @throws StorageUnavailableError */
  all(): Promise<readonly ChannelRun[]> {
    return readRuns(this.#doors.database.knex);
  }

  /** One more than the page may have, where there are more. @throws ChannelRunNotFoundError, StorageUnavailableError */
  async items(id: string, page: RunItemPage): Promise<readonly ChannelRunItem[]> {
    await this.one(id);
    return readRunItems(this.#doors.database.knex, id, page);
  }

  /** Ends it for good, unless it is over. What is being asked on any node is broken off. @throws ChannelRunNotFoundError, StorageUnavailableError */
  async cancel(id: string): Promise<ChannelRun> {
    const { database, clock } = this.#doors;
    await database.write((transaction) => endRun(transaction, id, 'cancelled', clock.now()));
    return this.one(id);
  }

  /** What does the runs of a kind, each once in the cluster. */
  job(kind: ChannelRunKind): JobHandler {
    return { kind: jobKindOf(kind), run: (payload, signal) => this.#run((payload as { readonly runId: string }).runId, signal) };
  }

  #isMeant(kind: ChannelRunKind, { provider, syncModels }: ChannelHead): boolean {
    const adapter = this.#doors.providers.get(provider);
    if (kind === 'models') return syncModels && adapter?.models !== undefined;
    return kind === 'test' || adapter?.balance !== undefined;
  }

  /** @throws RunInterruptedError, StorageUnavailableError */
  async #run(id: string, signal: AbortSignal): Promise<void> {
    const { database, clock, log } = this.#doors;
    const run = await readRun(database.knex, id);
    if (run === undefined || run.finishedAt !== undefined) return;
    await database.write((transaction) => markRunning(transaction, id));
    const cancelled = new AbortController();
    const look = setInterval(() => {
      isOver(database.knex, id).then(
        (over) => over && cancelled.abort(),
        // Whether it was cancelled is found out as soon as the database is there again.
        () => undefined,
      );
    }, lookEveryMs);
    try {
      await this.#askAll(run, AbortSignal.any([signal, cancelled.signal]));
    } finally {
      clearInterval(look);
    }
    if (cancelled.signal.aborted) return;
    if (signal.aborted) throw new RunInterruptedError();
    await database.write((transaction) => endRun(transaction, id, 'done', clock.now()));
    const { kind, total, failed } = await this.one(id);
    log.info({ run: id, kind, total, failed }, 'All channels of a run were asked');
  }

  /** Once one finding cannot be kept, the other questions are broken off too: the job is tried again, and must not meet them. */
  async #askAll(run: ChannelRun, signal: AbortSignal): Promise<void> {
    const waiting = [...(await readWaitingItems(this.#doors.database.knex, run.id))];
    const failed = new AbortController();
    const goOn = AbortSignal.any([signal, failed.signal]);
    const askNext = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined && !goOn.aborted; item = waiting.shift()) await this.#ask(run, item, goOn);
    };
    const askUntilFailure = (): Promise<void> =>
      askNext().catch((error: unknown) => {
        failed.abort();
        throw error;
      });
    const ends = await Promise.allSettled(Array.from({ length: channelsAtOnce }, askUntilFailure));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  async #ask(run: ChannelRun, item: ChannelRunItem, signal: AbortSignal): Promise<void> {
    const { database, clock } = this.#doors;
    const { position } = item;
    // Another node may have taken the run over, which this one has not noticed yet.
    if (!(await isWaiting(database.knex, run.id, position))) return;
    const finding = await this.#found(run, item, signal);
    // One that was broken off says nothing of the channel.
    if (signal.aborted) return;
    const asked: Asked = { at: clock.now(), ok: isOk(finding), finding };
    await database.write((transaction) => writeRunFinding(transaction, run.id, position, asked));
  }

  /** @throws StorageUnavailableError, which says nothing of the channel */
  async #found(run: ChannelRun, { channelId, name }: ChannelRunItem, signal: AbortSignal): Promise<RunFinding> {
    const { log } = this.#doors;
    const { kind } = run;
    try {
      if (kind === 'balance') return await this.#balanceOf(channelId, signal);
      return kind === 'models' ? await this.#modelsOf(run, channelId, signal) : await this.#testsOf(run, channelId, signal);
    } catch (error) {
      if (error instanceof StorageUnavailableError) throw error;
      if (signal.aborted) return { problem: nothingAsked };
      if (error instanceof GatewayError) return { problem: { code: error.code, message: error.message } };
      log.error({ err: error, channel: name, kind }, 'A channel of a run could not be asked');
      return { problem: { code: 'internal_error', message: 'The channel could not be asked.' } };
    }
  }

  async #testsOf({ wish, userId }: ChannelRun, channelId: string, signal: AbortSignal): Promise<RunFinding> {
    const { tests } = this.#doors;
    const isChosen = wish.model !== undefined || wish.stream !== undefined;
    const reports = isChosen ? [await tests.test(channelId, wish, userId, signal)] : await tests.testAll(channelId, signal);
    return { tests: reports.map(shortened) };
  }

  async #balanceOf(channelId: string, signal: AbortSignal): Promise<RunFinding> {
    const { keys, notAsked } = await this.#doors.balances.refresh(channelId, { keysMax, signal });
    const balance = channelBalanceOf(keys);
    return balance === undefined ? { problem: nothingAsked } : { balance, notAsked };
  }

  async #modelsOf({ wish, userId }: ChannelRun, channelId: string, signal: AbortSignal): Promise<RunFinding> {
    const { database, models } = this.#doors;
    // Somebody may have begun to keep its list since the run began.
    const { options } = await knownChannel(database.knex, channelId);
    if (!options.syncModels) return { problem: followsNoMore };
    const synced = await models.sync(channelId, wish.author ?? { kind: 'api', userId }, signal);
    if ('answer' in synced) return { models: modelsFindingOf(synced.answer) };
    const { code, message } = synced.failure;
    return { problem: { code, message } };
  }
}

function modelsFindingOf({ added, removed }: SyncedModels): ModelsFinding {
  return {
    added: added.slice(0, namesMax),
    addedCount: added.length,
    removed: removed.slice(0, namesMax),
    removedCount: removed.length,
  };
}

const followsNoMore = { code: 'channel_unusable', message: 'Its option `syncModels` is false by now: somebody keeps its list of models.' };
const nothingAsked = { code: 'channel_unusable', message: 'None of its keys could be asked.' };

function jobKindOf(kind: ChannelRunKind): string {
  return `channel-run-${kind}`;
}

function isOk(finding: RunFinding): boolean {
  if ('problem' in finding) return false;
  if ('models' in finding) return true;
  return 'tests' in finding ? finding.tests.every(({ ok }) => ok) : finding.balance.failed === 0;
}

function shortened({ text: _text, usage: _usage, ...report }: TestReport): Omit<TestReport, 'text' | 'usage'> {
  return report;
}
