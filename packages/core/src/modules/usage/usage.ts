import type { Usage } from '@tollgate/plugin-kit';
import type { Millipoints } from '../../foundation/millipoints.js';
import type { FrozenRate } from '../pricing/index.js';
import type { CallEnding, ClosingPolicy, PolicyFallback } from '../settlement/index.js';

/** One try against one channel, as the receipt tells it. */
export interface AttemptRecord {
  readonly channelId: string;
  /** Which of the channel's keys. */
  readonly keyId?: string;
  /** How the upstream itself names the request, for questions to its support. */
  readonly upstreamRequestId?: string;
  /** HTTP status that the upstream answered with; absent where it did not answer. */
  readonly status?: number;
  /** Public code of the failure; absent for the attempt that answered. */
  readonly failure?: string;
  /** What an attempt used that did not become the answer, as far as the upstream stated it. */
  readonly usage?: Partial<Usage>;
  /** True if that usage is part of what the call is charged. */
  readonly charged?: true;
  /** Set where two attempts ran at once: the one that took long, and the one that was made beside it. The caller pays for the one that answered. */
  readonly hedge?: 'first' | 'second';
  /** Since the call came in. */
  readonly startedMs: number;
  readonly durationMs: number;
}

/** A field that a translation could not carry, of the request or of the answer. */
export interface LossRecord {
  readonly side: 'request' | 'answer';
  readonly field: string;
  readonly how: 'dropped' | 'coerced' | 'emulated';
}

/** The receipt of a call: what it used, at which rate, what it cost, how it ended. Never changed afterwards. */
export interface UsageRecord {
  /** Equal to the hold's id. */
  readonly id: string;
  readonly requestId: string;
  readonly createdAt: number;
  readonly userId: string;
  readonly tokenId?: string;
  readonly tokenName?: string;
  /** The channel that answered, or the last one tried. */
  readonly channelId?: string;
  readonly provider?: string;
  /** As the caller named it. */
  readonly model: string;
  readonly upstreamModel?: string;
  /** The caller's dialect. */
  readonly dialect: string;
  readonly upstreamDialect?: string;
  readonly stream: boolean;
  readonly outcome: 'ok' | 'failed' | 'aborted' | 'lost';
  readonly ending: CallEnding;
  readonly policy: ClosingPolicy;
  /** Why the policy in force could not be kept to. */
  readonly fallback?: PolicyFallback;
  readonly usage: Usage;
  readonly estimated: boolean;
  /** True where the upstream's figures are beyond belief; they were bounded before they were charged. */
  readonly suspicious: boolean;
  /** The vendor's own words on such figures, as JSON. */
  readonly rawUsage?: string;
  readonly rate: FrozenRate;
  /** Millipoints before they were rounded, as decimal text; absent where nothing had to be rounded. */
  readonly exactCost?: string;
  readonly cost: Millipoints;
  readonly uncollected: Millipoints;
  /** What was set aside in the end. */
  readonly held: Millipoints;
  readonly heldAt: number;
  /** How often the hold grew. */
  readonly extensions: number;
  /** When the hold was closed: later than `createdAt` where the database kept the settlement waiting. */
  readonly settledAt: number;
  readonly attempts: readonly AttemptRecord[];
  readonly failure?: string;
  /** What the attempt that answered could not carry; absent where nothing was lost. */
  readonly losses?: readonly LossRecord[];
  readonly firstByteMs?: number;
  readonly totalMs: number;
  /** The gateway's own part of the time until the answer began: what was not spent waiting for upstream or client. */
  readonly overheadUs?: number;
  /** Why the call went where it went, as `traceOf` of modules/routing reads it. */
  readonly routing?: string;
}
