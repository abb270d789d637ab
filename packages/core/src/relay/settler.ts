import { emptyUsage, type SettledView, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { FaultPoint, FaultSeam } from '../foundation/fault-points.js';
import type { Logger } from '../foundation/logger.js';
import { StorageUnavailableError } from '../foundation/errors.js';
import { type Millipoints, pointsText } from '../foundation/millipoints.js';
import type { Idempotency } from '../modules/idempotency/index.js';
import type { Ledger, SettledReceipt, Settlement } from '../modules/ledger/index.js';
import type { GatewayMetrics } from '../modules/metrics/index.js';
import type { Model } from '../modules/models/index.js';
import { costOfAll, exactCostOfAll } from '../modules/pricing/index.js';
import {
  type AbnormalEnding,
  abnormalEndings,
  type PolicyFallback,
  type SettlementPolicy,
  sweepPolicyOf,
} from '../modules/settlement/index.js';
import { type CallResult, recounted, resultOf } from './call-course.js';
import { claimEndOf } from './claim-end.js';
import type { KeyedCalls } from './keyed-calls.js';
import { countedUsage } from './counted-usage.js';
import type { TokenCounter } from './token-counter.js';
import type { RelayHooks } from './relay-hooks.js';
import type { HeldCall } from './running-call.js';
import { SettledBatches } from './settled-batches.js';

const retryAfterMsMin = 100;
const retryAfterMsMax = 5_000;

export interface SettlerDoors {
  readonly ledger: Ledger;
  readonly idempotency: Pick<Idempotency, 'seal'>;
  readonly keyedCalls: Pick<KeyedCalls, 'settling'>;
  readonly hooks: RelayHooks;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<GatewayMetrics, 'callSettled'>;
  /** The rule in force for an ending of a call to the model. */
  policyOf(model: Model | undefined, ending: AbnormalEnding): SettlementPolicy;
  readonly counter: Pick<TokenCounter, 'count'>;
  readonly faults?: FaultSeam | undefined;
}

/** The one exit of every held call: its receipt is written, its hold closed, its end told to log and plugins. */
export class Settler {
  readonly #doors: SettlerDoors;
  /** Counted, not kept in a Set: its outgrown tables hold on to what was in them, here whole calls, until the next full collection. */
  #open = 0;
  #drained: (() => void)[] = [];
  readonly #batches: SettledBatches | undefined;

  constructor(doors: SettlerDoors) {
    this.#doors = doors;
    this.#batches = doors.hooks.onBatch === null ? undefined : new SettledBatches(doors.hooks.onBatch);
  }

  /** True if the answer is to be read to its end though its client has left. */
  readsOn({ model }: HeldCall): boolean {
    return this.#doors.policyOf(model, 'clientLeft') === 'upstream-actual';
  }

  /** What a complete answer costs whose usage has been read, before it is settled; undefined where its tokens have to be counted first. */
  costOfWhole(held: HeldCall): Millipoints | undefined {
    held.course.end = { answered: true, ending: 'complete' };
    const result = this.#resultOf(held, undefined);
    return this.#isToBeCounted(held, result) ? undefined : result.cost;
  }

  /** What a complete answer costs whatever is in it, with the attempts burnt before it; undefined where that is not known before it begins. */
  costAhead({ quote: { rate, fixedCost }, course, model }: HeldCall): Millipoints | undefined {
    const burnt = course.attempts.flatMap(({ usage, hedge }) =>
      usage === undefined || hedge !== undefined ? [] : [{ ...emptyUsage(), ...usage }],
    );
    if (fixedCost === undefined || burnt.length === 0) return fixedCost;
    return this.#doors.policyOf(model, 'burntAttempt') === 'upstream-actual' ? costOfAll(rate, [emptyUsage(), ...burnt]) : fixedCost;
  }

  /** Does not keep the caller waiting; `drain` waits for it. */
  settle(running: HeldCall): void {
    this.#open += 1;
    const settled = this.#settleAndReport(running);
    if (running.call.claim !== undefined) this.#doors.keyedCalls.settling(running.call.claim, settled);
  }

  async drain(): Promise<void> {
    if (this.#open > 0) await new Promise<void>((resolve) => this.#drained.push(resolve));
    await this.#batches?.flush();
  }

  async #settleAndReport(running: HeldCall): Promise<void> {
    try {
      await this.#settle(running);
    } catch (error) {
      this.#doors.log.error({ err: error, requestId: running.call.requestId }, 'A settled call could not be reported');
    }
    running.course.channelTicket?.end();
    this.#open -= 1;
    if (this.#open > 0) return;
    for (const drained of this.#drained.splice(0)) drained();
  }

  async #settle(running: HeldCall): Promise<void> {
    const { end } = running.course;
    const { faults } = this.#doors;
    let undrained = end?.answered === true ? end.undrained : undefined;
    if (end?.answered === true && end.drained !== undefined) {
      if (faults !== undefined) await faults('drain');
      undrained = await end.drained;
    }
    let result = this.#resultOf(running, undrained);
    if (this.#isToBeCounted(running, result)) result = await this.#counted(running, result);
    running.call.ticket?.settle(tokensIn(result.usage));
    running.course.channelTicket?.settle(tokensIn(result.usage));
    const settlement: Draft<Settlement> = settlementOf(running, result, this.#doors.clock.now());
    const claim = claimEndOf(running, result, undrained, (...sealed) => this.#doors.idempotency.seal(...sealed));
    if (claim !== undefined) settlement.claim = claim;
    const receipt = await this.#untilDurable(settlement, running.model);
    if (faults !== undefined) await faults('report');
    this.#report(running, settlement, result, receipt);
  }

  /** Whether the usage is an estimate that a tokenizer can make better. */
  #isToBeCounted({ course }: HeldCall, { ending, policy }: CallResult): boolean {
    return ending === abnormalEndings.noUsage.name && policy === 'delivered' && course.meter?.scale.tokenizer !== undefined;
  }

  async #counted(running: HeldCall, result: CallResult): Promise<CallResult> {
    const { meter } = running.course;
    if (meter === undefined) return result;
    const { faults, counter, log } = this.#doors;
    if (faults !== undefined) await faults('token-count');
    const usage = await countedUsage(running, meter, counter).catch((error: unknown) => {
      log.warn({ err: error, requestId: running.call.requestId }, 'Tokens could not be counted; the estimate is charged');
      return undefined;
    });
    return usage === undefined ? result : { ...recounted(result, usage, running.quote.rate), policy: 'counted' };
  }

  #resultOf({ call, course, quote, reply, model }: HeldCall, undrained: PolicyFallback | undefined): CallResult {
    return resultOf(course, {
      rate: quote.rate,
      clientGone: reply.gone,
      reachedClient: reply.firstByteAt !== undefined,
      undrained,
      searchUnits: call.facts.searchUnits?.atLeast,
      policyOf: (ending) => this.#doors.policyOf(model, ending),
    });
  }

  /**
   * While the database is away the settlement waits: a call that used tokens must be on record. A settlement that the database refuses would
   * be refused for ever: its hold is closed like that of a dead node, so that no money stays set aside.
   */
  async #untilDurable(settlement: Settlement, model: Model | undefined): Promise<SettledReceipt> {
    const { ledger, policyOf } = this.#doors;
    try {
      return await this.#patiently(settlement, 'settlement', () => ledger.settle(settlement));
    } catch (error) {
      const { holdId, record } = settlement;
      this.#doors.log.error(
        { err: error, holdId, requestId: record.requestId, usage: record.usage },
        'A settlement was refused; its hold is swept',
      );
      return this.#patiently(settlement, 'settlement-refused', () => ledger.sweep(holdId, sweepPolicyOf(policyOf(model, 'nodeDied'))));
    }
  }

  /** @throws whatever is not a database that is away. */
  async #patiently({ holdId }: Settlement, point: FaultPoint, close: () => Promise<SettledReceipt>): Promise<SettledReceipt> {
    const { faults, log } = this.#doors;
    for (let waitMs = retryAfterMsMin; ; waitMs = Math.min(waitMs * 2, retryAfterMsMax)) {
      try {
        if (faults !== undefined) await faults(point);
        return await close();
      } catch (error) {
        if (!(error instanceof StorageUnavailableError)) throw error;
        log.warn({ err: error, holdId }, 'A settlement is not durable yet; trying again');
        if (faults !== undefined) await faults('settlement-again');
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  #report(running: HeldCall, { record }: Settlement, result: CallResult, receipt: SettledReceipt): void {
    const { log, hooks, metrics } = this.#doors;
    metrics.callSettled(record, receipt.charged);
    const { requestId, model, channelId, outcome, ending, policy, usage, attempts, failure, losses, firstByteMs, totalMs } = record;
    log.info(
      {
        requestId,
        model,
        channelId,
        outcome,
        ending,
        policy,
        usage,
        attempts: attempts.length,
        failure,
        losses: losses?.length,
        firstByteMs,
        totalMs,
        costPoints: pointsText(receipt.charged),
      },
      'call',
    );
    if (hooks.onSettled === null && this.#batches === undefined) return;
    const settled = settledView(running, record, result, receipt);
    if (hooks.onSettled !== null) void hooks.onSettled(running.view, settled);
    this.#batches?.add(running.view, settled);
  }
}

function tokensIn(usage: Usage): number {
  let tokens = 0;
  for (const bucket of usageBuckets) tokens += usage[bucket];
  return tokens;
}

type Draft<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** What may be missing is added to a literal, not spread into it: with this many fields, spreading costs as much as writing the log line. */
function settlementOf({ call, course, quote, reply, holdId, translation, trace }: HeldCall, result: CallResult, now: number): Settlement {
  const { route, attempts } = course;
  const record: Draft<Settlement['record']> = {
    id: holdId,
    requestId: call.requestId,
    createdAt: now,
    userId: call.principal.userId,
    tokenId: call.principal.tokenId,
    tokenName: call.principal.tokenName,
    model: call.facts.model,
    dialect: call.dialect.id,
    stream: call.facts.stream,
    outcome: result.outcome,
    ending: result.ending,
    policy: result.policy,
    usage: result.usage,
    estimated: result.estimated,
    suspicious: result.suspicious,
    rate: quote.rate,
    extensions: course.extensions,
    attempts,
    totalMs: now - call.startedAt,
    routing: trace.text,
  };
  if (route !== undefined) {
    record.channelId = route.channel.id;
    record.provider = route.channel.adapter.id;
    record.upstreamModel = route.model;
    record.upstreamDialect = route.spoken.dialect.id;
  }
  if (result.failure !== undefined) record.failure = result.failure;
  if (result.fallback !== undefined) record.fallback = result.fallback;
  if (result.suspicious && course.meter !== undefined) record.rawUsage = course.meter.rawUsage;
  const exactCost = result.cost === 0n ? undefined : unroundedText(exactCostOfAll(quote.rate, result.paid));
  if (exactCost !== undefined) record.exactCost = exactCost;
  if (reply.overheadUs !== undefined) record.overheadUs = reply.overheadUs;
  if (translation.losses !== undefined) record.losses = translation.losses.map(({ side, field, how }) => ({ side, field, how }));
  if (reply.firstByteAt !== undefined) record.firstByteMs = reply.firstByteAt - call.startedAt;
  return { holdId, actual: result.cost, record };
}

/** Undefined where there is nothing to round. Denominators are powers of ten. */
function unroundedText({ numerator, denominator }: ReturnType<typeof exactCostOfAll>): string | undefined {
  const rest = numerator % denominator;
  if (rest === 0n) return undefined;
  const digits = String(denominator).length - 1;
  return `${numerator / denominator}.${String(rest).padStart(digits, '0').replace(/0+$/, '')}`;
}

function settledView({ translation }: HeldCall, record: Settlement['record'], result: CallResult, receipt: SettledReceipt): SettledView {
  return {
    usage: record.usage,
    estimated: record.estimated,
    costMillipoints: receipt.charged,
    outcome: result.outcome,
    losses: translation.losses ?? [],
    totalMs: record.totalMs,
    ...(result.verdict === undefined ? {} : { verdict: result.verdict }),
    ...(record.firstByteMs === undefined ? {} : { firstByteMs: record.firstByteMs }),
  };
}
