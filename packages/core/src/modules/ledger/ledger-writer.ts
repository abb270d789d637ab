import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../foundation/clock.js';
import { type GatewayError, StorageUnavailableError } from '../../foundation/errors.js';
import type { FaultSeam } from '../../foundation/fault-points.js';
import { newId } from '../../foundation/ids.js';
import { type Millipoints, millipoints } from '../../foundation/millipoints.js';
import type { FrozenRate } from '../pricing/index.js';
import { IdempotencyKeyRunningError } from '../idempotency/index.js';
import { type SpendCap, SpendCalendar, SpendCapReachedError } from '../spending/index.js';
import { receiptRowOf } from '../usage/index.js';
import type { HoldRequest, Ledger, SettledReceipt, Settlement } from './ledger.js';
import { InsufficientQuotaError, TokenQuotaError } from './ledger-errors.js';
import type { HoldCap } from './spend-counters.js';
import type { HoldOperation, LedgerExecutor, LedgerOperation, LedgerOutcome, SettleOperation, SweepPolicy } from './ledger-operation.js';

export interface LedgerWriterOptions {
  readonly executor: LedgerExecutor;
  readonly clock: Clock;
  /** The node that new holds belong to. */
  readonly nodeId: () => string;
  /** Days and months of spend caps; those of UTC if left out. */
  readonly calendar?: SpendCalendar;
  /** How long the writer waits before it tries a database again that was away; doubled each time. */
  readonly retryDelayMs?: number;
  readonly faults?: FaultSeam | undefined;
  /** Told of every group of operations that the database took, or did not. */
  readonly onBatch?:
    | ((batch: { readonly operations: number; readonly durationMs: number; readonly isWritten: boolean }) => void)
    | undefined;
}

type Draft<Operation> = { -readonly [Key in keyof Operation]: Operation[Key] };

interface Waiting {
  operation: LedgerOperation;
  readonly resolve: (outcome: LedgerOutcome) => void;
  readonly reject: (error: unknown) => void;
  attempts: number;
}

const operationsPerBatch = 256;
const retryDelayMaxMs = 2_000;
/** Holds and extensions have a caller waiting: once more, then 503. What closes a hold is tried until it is done. */
const attemptsOfOpenings = 2;

const nobodyWaits = (): void => undefined;

/** Nobody waits for a settlement: it leaves with the next hold, and alone only after this time. */
const settlementDelayMs = 5;

/**
 * Collects operations and commits them in groups: at once while no commit is under way, else all that wait go with the next one. So a lone
 * call pays a commit for its hold and one for its settlement, a busy node shares them, and each saved commit is a wake-up of a thread or a
 * trip to the database less.
 */
export class LedgerWriter implements Ledger {
  readonly #executor: LedgerExecutor;
  readonly #clock: Clock;
  readonly #nodeId: () => string;
  readonly #calendar: SpendCalendar;
  readonly #retryDelayMs: number;
  readonly #faults: FaultSeam | undefined;
  readonly #onBatch: LedgerWriterOptions['onBatch'];
  readonly #rateTexts = new WeakMap<FrozenRate, string>();
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;
  #settlementTimer: NodeJS.Timeout | undefined;
  #failuresInRow = 0;
  #closing = false;

  constructor(options: LedgerWriterOptions) {
    this.#executor = options.executor;
    this.#clock = options.clock;
    this.#nodeId = options.nodeId;
    this.#calendar = options.calendar ?? new SpendCalendar();
    this.#retryDelayMs = options.retryDelayMs ?? 50;
    this.#faults = options.faults;
    this.#onBatch = options.onBatch;
  }

  async hold(request: HoldRequest): Promise<void> {
    const { holdId, ownerKind, ownerId, userId, amount } = request;
    refuseNegative(amount);
    const at = this.#clock.now();
    const caps = request.caps?.map((cap) => this.#holdCap(request, cap, at));
    const operation: Draft<HoldOperation> = {
      type: 'hold',
      holdId,
      ownerKind,
      ownerId,
      userId,
      tokenId: request.tokenId ?? null,
      nodeId: this.#nodeId(),
      amount,
      rate: this.#rateText(request.rate),
      at,
    };
    if (caps !== undefined) operation.caps = caps;
    if (request.claim !== undefined) operation.claim = request.claim;
    const outcome = await this.#enqueue(operation);
    if (outcome.type === 'refused') throw refusalOf(outcome, request, caps, at);
  }

  #holdCap({ userId, tokenId }: HoldRequest, { scope, window, limit }: SpendCap, at: number): HoldCap {
    const { label, endsAt } = this.#calendar.periodAt(window, at);
    const owner = scope === 'user' ? userId : tokenId;
    return { counterId: `${scope}:${owner ?? ''}:${window}:${label}`, limit, endsAt };
  }

  async extend(holdId: string, amount: Millipoints): Promise<boolean> {
    refuseNegative(amount);
    const outcome = await this.#enqueue({ type: 'extend', holdId, amount, key: newId() });
    return outcome.type === 'extended' && outcome.enough;
  }

  async settle({ holdId, actual, record, claim }: Settlement): Promise<SettledReceipt> {
    refuseNegative(actual);
    const receipt = { ...receiptRowOf(record, this.#rateText(record.rate)), id: holdId };
    const { group } = record.rate;
    const closing = { holdId, nodeId: this.#nodeId(), at: this.#clock.now() };
    const operation: Draft<SettleOperation> = { type: 'settle', actual, receipt, group, ...closing };
    if (claim !== undefined) operation.claim = claim;
    return receiptOf(await this.#enqueue(operation));
  }

  async sweep(holdId: string, policy: SweepPolicy): Promise<SettledReceipt> {
    return receiptOf(await this.#enqueue({ type: 'sweep', holdId, policy, nodeId: this.#nodeId(), at: this.#clock.now() }));
  }

  async drain(): Promise<void> {
    while (this.#queue.length > 0 || this.#running !== undefined) {
      this.#start();
      await this.#running;
    }
  }

  /** Writes what it can and stops; what a database that is away cannot take is refused now, and swept after the next start. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.drain();
    await this.#executor.close();
  }

  #enqueue(operation: LedgerOperation): Promise<LedgerOutcome> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ operation, resolve, reject, attempts: 0 });
      if (this.#running !== undefined) return;
      this.#startWhenDue();
    });
  }

  /** False if only settlements wait, and not many. */
  #isDue(): boolean {
    return this.#closing || this.#queue.length >= operationsPerBatch || this.#queue.some(({ operation }) => operation.type !== 'settle');
  }

  #startWhenDue(): void {
    if (this.#isDue()) this.#start();
    else this.#settlementTimer ??= setTimeout(() => this.#start(), settlementDelayMs);
  }

  #start(): void {
    clearTimeout(this.#settlementTimer);
    this.#settlementTimer = undefined;
    this.#running ??= this.#run();
  }

  /** A fault of ours in one batch does not keep the next ones from being written. */
  async #run(): Promise<void> {
    try {
      await this.#commitAll();
    } finally {
      this.#running = undefined;
      if (this.#queue.length > 0) this.#startWhenDue();
    }
  }

  async #commitAll(): Promise<void> {
    if (this.#faults !== undefined) await this.#faults('batch-gathering');
    // One turn of the event loop, so that all that came with it share a commit.
    await new Promise((resolve) => setImmediate(resolve));
    let tell = nobodyWaits;
    do {
      tell = await this.#commitAndTell(this.#queue.splice(0, operationsPerBatch), tell);
      if (this.#failuresInRow > 0 && !this.#closing) {
        tell();
        tell = nobodyWaits;
        await this.#pause();
      }
    } while (this.#queue.length > 0 && this.#isDue());
    tell();
  }

  /** A batch is under way before the callers of the last one go on, so that the ledger has work while they do. */
  #commitAndTell(batch: readonly Waiting[], tellLast: () => void): Promise<() => void> {
    const committing = this.#commit(batch);
    tellLast();
    return committing;
  }

  /** Resolves to what tells those who wait, once they may be told. */
  async #commit(batch: readonly Waiting[]): Promise<() => void> {
    const startedAt = performance.now();
    const measured = (isWritten: boolean): void =>
      this.#onBatch?.({ operations: batch.length, durationMs: performance.now() - startedAt, isWritten });
    try {
      if (this.#faults !== undefined) await this.#faults('batch-execution');
      const outcomes = await this.#executor.execute(batch.map((waiting) => waiting.operation));
      measured(true);
      if (this.#faults !== undefined) await this.#faults('batch-outcomes');
      this.#failuresInRow = 0;
      return () => {
        for (const [index, waiting] of batch.entries()) waiting.resolve(outcomes[index] as LedgerOutcome);
      };
    } catch (error) {
      measured(false);
      if (!(error instanceof StorageUnavailableError)) return this.#bisect(batch, error);
      this.#postpone(batch, error);
      return nobodyWaits;
    }
  }

  /** Nothing of the batch was written: finds the row that spoils it, and writes the rest. */
  async #bisect(batch: readonly Waiting[], error: unknown): Promise<() => void> {
    if (batch.length <= 1) {
      return () => {
        for (const waiting of batch) waiting.reject(error);
      };
    }
    if (this.#faults !== undefined) await this.#faults('batch-bisection');
    const middle = Math.ceil(batch.length / 2);
    const tellFirst = await this.#commit(batch.slice(0, middle));
    tellFirst();
    return this.#commit(batch.slice(middle));
  }

  /** It is not known whether the batch was written. Every operation may be repeated, so it is. */
  #postpone(batch: readonly Waiting[], error: StorageUnavailableError): void {
    this.#failuresInRow += 1;
    const again: Waiting[] = [];
    for (const waiting of batch) {
      waiting.attempts += 1;
      const opens = waiting.operation.type === 'hold' || waiting.operation.type === 'extend';
      if (!this.#closing && (!opens || waiting.attempts < attemptsOfOpenings)) {
        if (waiting.operation.type === 'hold') waiting.operation = { ...waiting.operation, again: true };
        again.push(waiting);
        continue;
      }
      waiting.reject(error);
      if (waiting.operation.type === 'hold' && !this.#closing) again.push(this.#releaseOf(waiting.operation));
    }
    this.#queue.unshift(...again);
  }

  /** A hold whose caller was told no, but which may have been written all the same. In the name of its node: this one may have none by now. */
  #releaseOf({ holdId, nodeId }: HoldOperation): Waiting {
    const operation = { type: 'sweep', holdId, policy: 'release', nodeId, at: this.#clock.now() } as const;
    return { operation, resolve: () => {}, reject: () => {}, attempts: 0 };
  }

  async #pause(): Promise<void> {
    if (this.#faults !== undefined) await this.#faults('batch-pause');
    await sleep(Math.min(retryDelayMaxMs, this.#retryDelayMs * 2 ** Math.min(this.#failuresInRow - 1, 10)));
  }

  /** Rates are compiled once and used for many calls: their text is made once too. */
  #rateText(rate: FrozenRate): string {
    const known = this.#rateTexts.get(rate);
    if (known !== undefined) return known;
    const { model, group, groupRatio, groupRatioSource, price, priceSource, window } = rate;
    const text = JSON.stringify({ model, group, groupRatio, groupRatioSource, price, priceSource, window });
    this.#rateTexts.set(rate, text);
    return text;
  }
}

function refusalOf(
  outcome: Extract<LedgerOutcome, { readonly type: 'refused' }>,
  { amount, caps: declared }: HoldRequest,
  caps: readonly HoldCap[] | undefined,
  now: number,
): GatewayError {
  if (outcome.by === 'key') return new IdempotencyKeyRunningError();
  const available = millipoints(outcome.available);
  if (outcome.by === 'token') return new TokenQuotaError(amount, available);
  const position = outcome.by === 'cap' ? caps?.findIndex(({ counterId }) => counterId === outcome.cap.counterId) : undefined;
  const cap = declared?.[position ?? -1];
  if (outcome.by !== 'cap' || cap === undefined) return new InsufficientQuotaError(amount, available);
  return new SpendCapReachedError(cap, amount, available, outcome.cap.endsAt, now);
}

function receiptOf(outcome: LedgerOutcome): SettledReceipt {
  if (outcome.type !== 'closed') throw new Error(`A closing was answered with ${outcome.type}.`);
  return { applied: outcome.applied, charged: millipoints(outcome.charged), uncollected: millipoints(outcome.uncollected) };
}

function refuseNegative(amount: bigint): void {
  if (amount < 0n) throw new RangeError('An amount of money is never negative.');
}
