import type { CircuitKind, CircuitName, CircuitRecord, CircuitState, ShutReason } from './circuit-record.js';
import type { Blocked } from './health.js';

/** Bounds of cool-downs. */
export interface CircuitPolicy {
  /** Failures in a row that open a circuit. */
  readonly openAfterFailures: number;
  readonly coolDownMaxMs: number;
  /** After so long without trouble, cool-downs begin at their shortest again. */
  readonly resetAfterMs: number;
}

/** One failure, as a circuit is told of it. */
export interface CircuitFailure {
  /** Whether one of its kind is enough. */
  readonly opensAtOnce: boolean;
  /** The first cool-down; each further one is twice as long. */
  readonly coolDownMs: number;
  /** How long the upstream wants to be left alone. */
  readonly statedMs?: number | undefined;
  readonly reason: ShutReason;
  readonly code: string;
  /** Of the attempt. */
  readonly startedAt: number;
}

/** How many circuits are not closed: while none is, nobody has to look. */
export interface ShutTally {
  shut: number;
}

const probing: Blocked = Object.freeze({ reason: 'probing' });

/**
 * Closed: calls pass. Open: none does until its cool-down is over. Then one call alone finds out (half-open) whether it closes, or opens again for
 * twice as long. Disabled: nothing passes until a time or a person ends it. Knows no clock, and nobody else.
 */
export class Circuit implements CircuitName {
  readonly channelId: string;
  readonly kind: CircuitKind;
  readonly subject: string;

  #state: CircuitState = 'closed';
  #reason: ShutReason = 'failures';
  #lastCode: string | undefined;
  #since = 0;
  #until: number | undefined;
  #failures = 0;
  #trips = 0;
  #closedAt: number | undefined;
  #lastFailureAt = 0;
  #blocked: Blocked | undefined;
  /** Until when this node may begin a probe, and until when one is being made. */
  #grantedUntil = 0;
  #takenUntil = 0;
  /** A grant was asked for; it is asked for again from then on. */
  #askAgainAt = 0;

  readonly #tally: ShutTally;

  constructor({ channelId, kind, subject }: CircuitName, tally: ShutTally) {
    this.channelId = channelId;
    this.kind = kind;
    this.subject = subject;
    this.#tally = tally;
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Undefined while it is closed. */
  get record(): CircuitRecord | undefined {
    if (this.#state === 'closed') return undefined;
    return {
      channelId: this.channelId,
      kind: this.kind,
      subject: this.subject,
      state: this.#state,
      reason: this.#reason,
      since: this.#since,
      ...(this.#until === undefined ? {} : { until: this.#until }),
      failures: this.#failures,
      trips: this.#trips,
      ...(this.#lastCode === undefined ? {} : { lastCode: this.#lastCode }),
    };
  }

  /** Undefined if a call may pass: since it is closed, or to be its probe. */
  blockedAt(now: number): Blocked | undefined {
    if (this.#state === 'closed') return undefined;
    if (this.#until === undefined || now < this.#until) return this.#blocked;
    return this.#state === 'disabled' || this.mayProbe(now) ? undefined : probing;
  }

  /** True where something has changed that others have to know. */
  fail(failure: CircuitFailure, policy: CircuitPolicy, now: number): boolean {
    if (this.#state === 'disabled' && !this.recover(now)) return false;
    if (this.#state === 'open' && failure.startedAt < (this.#until ?? 0)) return this.#failLate(failure, now);
    this.#lastCode = failure.code;
    this.#lastFailureAt = now;
    this.#failures += 1;
    if (this.#state === 'closed' && !failure.opensAtOnce && this.#failures < policy.openAfterFailures) return false;
    this.#open(failure, policy, now);
    return true;
  }

  /** True where something has changed that others have to know. */
  succeed(startedAt: number, now: number): boolean {
    if (this.#state === 'disabled') return false;
    if (this.#state === 'closed') {
      this.#failures = 0;
      return false;
    }
    // An attempt from before it opened: what came after it counts more.
    if (startedAt < (this.#until ?? 0)) return false;
    this.#close(now);
    return true;
  }

  disable(reason: ShutReason, code: string | undefined, now: number, until?: number): void {
    if (this.#state !== 'disabled') this.#since = now;
    this.#lastCode = code ?? this.#lastCode;
    this.#lastFailureAt = now;
    this.#reason = reason;
    this.#shut('disabled', until);
  }

  /** As if nothing had ever been wrong with it. */
  enable(now: number): void {
    this.#close(now);
    this.#trips = 0;
  }

  /** Ends what was disabled for a time that is over. True if it did. */
  recover(now: number): boolean {
    if (this.#state !== 'disabled' || this.#until === undefined || now < this.#until) return false;
    this.enable(now);
    return true;
  }

  /** True if it has cooled down and somebody has to find out whether this node may try it. */
  wantsGrant(now: number): boolean {
    return this.#isHalfOpen(now) && now >= this.#takenUntil && now >= this.#grantedUntil && now >= this.#askAgainAt;
  }

  askedForGrant(againAt: number): void {
    this.#askAgainAt = againAt;
  }

  /** This node may begin a probe until then. */
  grant(until: number): void {
    if (this.#state === 'open') this.#grantedUntil = until;
  }

  mayProbe(now: number): boolean {
    return this.#isHalfOpen(now) && now >= this.#takenUntil && now < this.#grantedUntil;
  }

  takeProbe(until: number): void {
    this.#takenUntil = until;
    this.#grantedUntil = Math.max(this.#grantedUntil, until);
  }

  /** The probe said nothing; the next call is one. Attempts from before it was half-open were none. */
  releaseProbe(startedAt: number): void {
    if (this.#isHalfOpen(startedAt)) this.#takenUntil = 0;
  }

  /** Becomes as another node has it. @param record undefined: closed */
  adopt(record: CircuitRecord | undefined, now: number): void {
    if (record === undefined) {
      if (this.#state !== 'closed') this.#close(now);
      return;
    }
    this.#reason = record.reason;
    this.#lastCode = record.lastCode;
    this.#since = record.since;
    this.#failures = record.failures;
    this.#trips = record.trips;
    this.#lastFailureAt = now;
    this.#shut(record.state, record.until);
  }

  /** True if forgetting it changes nothing. */
  isForgettable(now: number, { resetAfterMs }: CircuitPolicy): boolean {
    const quietSince = Math.max(this.#lastFailureAt, this.#closedAt ?? 0);
    return this.#state === 'closed' && ((this.#failures === 0 && this.#trips === 0) || now - quietSince >= resetAfterMs);
  }

  #isHalfOpen(now: number): boolean {
    return this.#state === 'open' && now >= (this.#until ?? 0);
  }

  /** An attempt that began before it opened tells nothing new, unless it brings a longer wait. */
  #failLate({ statedMs, code }: CircuitFailure, now: number): boolean {
    if (statedMs === undefined || now + statedMs <= (this.#until ?? 0)) return false;
    this.#lastCode = code;
    this.#shut('open', now + statedMs);
    return true;
  }

  #open({ statedMs, coolDownMs, reason }: CircuitFailure, { coolDownMaxMs, resetAfterMs }: CircuitPolicy, now: number): void {
    if (this.#closedAt !== undefined && now - this.#closedAt >= resetAfterMs) this.#trips = 0;
    const grownMs = Math.min(coolDownMaxMs, coolDownMs * 2 ** this.#trips);
    if (statedMs === undefined) this.#trips += 1;
    if (this.#state === 'closed') this.#since = now;
    this.#reason = reason;
    this.#shut('open', now + (statedMs ?? grownMs));
  }

  #shut(state: 'open' | 'disabled', until: number | undefined): void {
    if (this.#state === 'closed') this.#tally.shut += 1;
    this.#state = state;
    this.#until = until;
    this.#blocked = Object.freeze({ reason: state === 'open' ? 'cooling-down' : 'disabled', ...(until === undefined ? {} : { until }) });
    this.#forgetProbe();
  }

  #close(now: number): void {
    if (this.#state !== 'closed') this.#tally.shut -= 1;
    this.#state = 'closed';
    this.#closedAt = now;
    this.#failures = 0;
    this.#until = undefined;
    this.#blocked = undefined;
    this.#forgetProbe();
  }

  #forgetProbe(): void {
    this.#grantedUntil = 0;
    this.#takenUntil = 0;
    this.#askAgainAt = 0;
  }
}
