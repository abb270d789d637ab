import { usageBuckets } from '@tollgate/plugin-kit';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Millipoints } from '../../foundation/millipoints.js';
import { circuitKinds, type CircuitRecord } from '../health/index.js';
import type { OpenHolds } from '../ledger/index.js';
import type { UsageRecord } from '../usage/index.js';

/** A settled call, as far as its figures go. */
export type MeasuredCall = Pick<UsageRecord, 'dialect' | 'outcome' | 'usage' | 'attempts' | 'firstByteMs' | 'totalMs' | 'overheadUs'>;

/** Operations of the ledger that went to the database together. */
export interface MeasuredBatch {
  readonly operations: number;
  readonly durationMs: number;
  /** False where the database was away, or refused them. */
  readonly isWritten: boolean;
}

/** How much of a channel's cap for a day or month is spent. */
export interface SpentCapOf {
  readonly channelId: string;
  readonly window: string;
  readonly spent: bigint;
  readonly limit: bigint;
}

/** What is looked up when somebody asks. */
export interface MetricSources {
  /** Of the gateway. */
  readonly version: string;
  /** What is open or disabled now. */
  circuits(): readonly Pick<CircuitRecord, 'kind' | 'state'>[];
  channelNameOf(id: string): string | undefined;
  /** Of the channels with spend caps, how much of each is spent, in millipoints. */
  spentCaps(): readonly SpentCapOf[];
  /** Of all nodes. @throws StorageUnavailableError */
  openHolds(): Promise<OpenHolds>;
}

/** One metric, for those who look for it. */
export interface DeclaredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

/** What became of an attempt. */
const attemptResults = ['answered', 'failed', 'lost'] as const;
type AttemptResult = (typeof attemptResults)[number];

interface AttemptCounts extends Record<AttemptResult, number> {
  /** As the label says it. */
  readonly channel: string;
}

/** MIME type of the text format. */
export const metricsType = Registry.PROMETHEUS_CONTENT_TYPE;

const prefix = 'tollgate_';
const msPerSecond = 1_000;
const usPerSecond = 1_000_000;
const millipointsPerPoint = 1_000;

/** From what no vendor is faster than to answers that think for minutes. */
const answerSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const overheadSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
const batchOperations = [1, 2, 4, 8, 16, 32, 64, 128, 256];
const batchSeconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Names of channels are the operators' own, and every name is a time series: so many have one, all others share one. */
const namedChannelsMax = 1_000;
const otherChannels = '(other)';
const capLabels = ['channel', 'window'];

/**
 * The figures of one node for Prometheus (text format 0.0.4). Labels are bounded: no user, token, key or model is among them. Counting a call
 * costs two microseconds; what can be looked up is looked up when somebody asks.
 */
export class GatewayMetrics {
  readonly #registry = new Registry();
  readonly #sources: MetricSources;
  /** By the channel's id. Of very many channels it is quicker to count here than among the metric's labels. */
  readonly #attemptsAt = new Map<string, AttemptCounts>();
  readonly #attemptsElsewhere: AttemptCounts = { channel: otherChannels, answered: 0, failed: 0, lost: 0 };
  #openRequests = 0;
  #openStreams = 0;

  readonly #requests = this.#counter(
    'requests',
    'Requests to models by the HTTP status of their answer, `none` where the client left before it',
    ['dialect', 'status'],
  );
  readonly #calls = this.#counter('calls', 'Settled calls by how they ended', ['dialect', 'outcome']);
  readonly #callSeconds = this.#histogram('call_seconds', 'From request to settlement', answerSeconds, ['dialect']);
  readonly #firstByteSeconds = this.#histogram('first_byte_seconds', 'From request to the first byte of the answer', answerSeconds, [
    'dialect',
  ]);
  readonly #overheadSeconds = this.#histogram(
    'overhead_seconds',
    "The gateway's own part of the time to the head of the answer",
    overheadSeconds,
  );
  readonly #attempts = this.#counter('attempts', 'Attempts of settled calls at a channel, by what became of them', ['channel', 'result']);
  readonly #tokens = this.#counter('tokens', 'Tokens of settled calls by what they were', ['bucket']);
  readonly #charged = this.#counter('charged_points', 'Points that calls were charged; 500,000 are 1 US dollar');
  readonly #batchOperations = this.#histogram('ledger_batch_operations', 'Operations that went to the database together', batchOperations);
  readonly #batchSeconds = this.#histogram('ledger_batch_seconds', 'What the database took for them', batchSeconds);
  readonly #batchFailures = this.#counter('ledger_batch_failures', 'Times that the database did not take them');

  readonly #info = this.#gauge('info', 'Always 1; the version of the gateway', ['version']);
  readonly #openRequestsGauge = this.#gauge('open_requests', 'Requests to models that are not answered yet');
  readonly #openStreamsGauge = this.#gauge('open_streams', 'Those of them that are streamed');
  readonly #circuits = this.#gauge('circuits', 'Keys, models of channels and channels that are not used now', ['of', 'state']);
  readonly #holds = this.#gauge('holds', 'Calls for which something is held, of all nodes');
  readonly #heldPoints = this.#gauge('held_points', 'What is held for them');
  readonly #capSpent = this.#gauge(
    'channel_cap_spent_points',
    'What calls of a channel have cost in a day or month for which it has a cap',
    capLabels,
  );
  readonly #cap = this.#gauge('channel_cap_points', 'The cap itself', capLabels);

  constructor(sources: MetricSources) {
    this.#sources = sources;
    this.#info.set({ version: sources.version }, 1);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** As they are now, in the text format. */
  async text(): Promise<string> {
    this.#openRequestsGauge.set(this.#openRequests);
    this.#openStreamsGauge.set(this.#openStreams);
    this.#countCircuits();
    this.#readCaps();
    this.#countAttempts();
    await this.#readHolds();
    return this.#registry.metrics();
  }

  /** The gateway's own, without those of the process. */
  declared(): readonly DeclaredMetric[] {
    const metrics = this.#registry.getMetricsAsArray() as unknown as readonly DeclaredMetric[];
    return metrics
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name, help, type, labelNames }) => ({ name, help, type, labelNames }));
  }

  requestBegan(): void {
    this.#openRequests += 1;
  }

  /** The request that has begun turned out to ask for a stream. */
  streamBegan(): void {
    this.#openStreams += 1;
  }

  /** @param status undefined where no head of an answer went out. */
  requestEnded(dialect: string, status: number | undefined, isStream: boolean): void {
    this.#openRequests -= 1;
    if (isStream) this.#openStreams -= 1;
    this.#requests.inc({ dialect, status: status === undefined ? 'none' : String(status) });
  }

  callSettled(call: MeasuredCall, charged: Millipoints): void {
    const { dialect, outcome, usage, attempts, firstByteMs, totalMs, overheadUs } = call;
    this.#calls.inc({ dialect, outcome });
    this.#callSeconds.observe({ dialect }, totalMs / msPerSecond);
    if (firstByteMs !== undefined) this.#firstByteSeconds.observe({ dialect }, firstByteMs / msPerSecond);
    if (overheadUs !== undefined) this.#overheadSeconds.observe(overheadUs / usPerSecond);
    for (const { channelId, failure } of attempts) this.#countAttempt(channelId, resultOf(failure));
    for (const bucket of usageBuckets) if (usage[bucket] > 0) this.#tokens.inc({ bucket }, usage[bucket]);
    if (charged > 0n) this.#charged.inc(Number(charged) / millipointsPerPoint);
  }

  batchEnded({ operations, durationMs, isWritten }: MeasuredBatch): void {
    if (!isWritten) return this.#batchFailures.inc();
    this.#batchOperations.observe(operations);
    this.#batchSeconds.observe(durationMs / msPerSecond);
  }

  #countAttempt(channelId: string, result: AttemptResult): void {
    const counts = this.#attemptsAt.get(channelId) ?? this.#attemptsFrom(channelId);
    counts[result] += 1;
  }

  /** A channel keeps the name that it had first, and the first channels keep theirs, so that no series ends because another begins. */
  #attemptsFrom(channelId: string): AttemptCounts {
    if (this.#attemptsAt.size >= namedChannelsMax) return this.#attemptsElsewhere;
    const counts = { channel: this.#sources.channelNameOf(channelId) ?? channelId, answered: 0, failed: 0, lost: 0 };
    this.#attemptsAt.set(channelId, counts);
    return counts;
  }

  #countAttempts(): void {
    this.#attempts.reset();
    for (const { channel, ...counts } of [...this.#attemptsAt.values(), this.#attemptsElsewhere])
      for (const result of attemptResults) if (counts[result] > 0) this.#attempts.inc({ channel, result }, counts[result]);
  }

  #countCircuits(): void {
    for (const of of circuitKinds) for (const state of ['open', 'disabled']) this.#circuits.set({ of, state }, 0);
    for (const { kind, state } of this.#sources.circuits()) this.#circuits.inc({ of: kind, state });
  }

  #readCaps(): void {
    this.#capSpent.reset();
    this.#cap.reset();
    for (const { channelId, window, spent, limit } of this.#sources.spentCaps().slice(0, namedChannelsMax)) {
      const labels = { channel: this.#sources.channelNameOf(channelId) ?? channelId, window };
      this.#capSpent.set(labels, Number(spent) / millipointsPerPoint);
      this.#cap.set(labels, Number(limit) / millipointsPerPoint);
    }
  }

  /** A database that is away leaves them out: no figure is better than an old one. */
  async #readHolds(): Promise<void> {
    const open = await this.#sources.openHolds().catch(() => undefined);
    if (open === undefined) {
      this.#holds.remove();
      this.#heldPoints.remove();
      return;
    }
    this.#holds.set(open.count);
    this.#heldPoints.set(Number(open.amount) / millipointsPerPoint);
  }

  #counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
    return new Counter({ name: `${prefix}${name}_total`, help, labelNames, registers: [this.#registry] });
  }

  #histogram(name: string, help: string, buckets: number[], labelNames: readonly string[] = []): Histogram {
    return new Histogram({ name: `${prefix}${name}`, help, buckets, labelNames, registers: [this.#registry] });
  }

  #gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
    return new Gauge({ name: `${prefix}${name}`, help, labelNames, registers: [this.#registry] });
  }
}

/** An attempt that another was quicker than says nothing of its channel. */
function resultOf(failure: string | undefined): AttemptResult {
  if (failure === undefined) return 'answered';
  return failure === 'hedge_lost' ? 'lost' : 'failed';
}
