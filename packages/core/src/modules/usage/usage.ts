import type { Usage } from '@tollgate/plugin-kit';
import type { Millipoints } from '../../foundation/millipoints.js';
import type { FrozenRate } from '../pricing/index.js';

/** The rule by which a call's hold was closed. */
export type ClosingPolicy =
  /** The upstream stated the usage. */
  | 'upstream-usage'
  /** The upstream stated none: charged by estimate of what was delivered. */
  | 'estimated-usage'
  /** Nothing reached the caller: nothing is charged. */
  | 'not-delivered'
  /** The node died; its holds were given back. */
  | 'swept-release'
  /** The node died; its holds were charged in full. */
  | 'swept-charge';

/** One try against one channel, as the receipt tells it. */
export interface AttemptRecord {
  readonly channelId: string;
  readonly status?: number;
  /** Public code of the failure; absent for the attempt that answered. */
  readonly failure?: string;
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
  readonly policy: ClosingPolicy;
  readonly usage: Usage;
  readonly estimated: boolean;
  /** True where the upstream's figures are beyond belief; they were bounded before they were charged. */
  readonly suspicious: boolean;
  readonly rate: FrozenRate;
  readonly cost: Millipoints;
  readonly uncollected: Millipoints;
  readonly attempts: readonly AttemptRecord[];
  readonly failure?: string;
  /** What the attempt that answered could not carry; absent where nothing was lost. */
  readonly losses?: readonly LossRecord[];
  readonly firstByteMs?: number;
  readonly totalMs: number;
}
