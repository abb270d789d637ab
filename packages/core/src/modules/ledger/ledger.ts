import type { Millipoints } from '../../foundation/millipoints.js';
import type { ClaimEnd, KeyClaim } from '../idempotency/index.js';
import type { FrozenRate } from '../pricing/index.js';
import type { SpendCap } from '../spending/index.js';
import type { ReceiptDraft } from '../usage/index.js';
import type { SweepPolicy } from './ledger-operation.js';

export type HoldOwnerKind = 'call' | 'task' | 'session' | 'job';

/** An amount to set aside before money is spent upstream. */
export interface HoldRequest {
  /** UUIDv7, made by the caller of the ledger. */
  readonly holdId: string;
  readonly ownerKind: HoldOwnerKind;
  /** What is paid for: the request id of a call. */
  readonly ownerId: string;
  readonly userId: string;
  /** The token whose budget is charged too; undefined for calls without one. */
  readonly tokenId?: string;
  readonly amount: Millipoints;
  readonly rate: FrozenRate;
  /** What user and token may spend in a day or month, where that is capped. */
  readonly caps?: readonly SpendCap[];
  /** The idempotency key that the call is to have to itself, where its caller sent one. */
  readonly claim?: KeyClaim;
}

/** What closes a hold. */
export interface Settlement {
  readonly holdId: string;
  /** What the call really cost. */
  readonly actual: Millipoints;
  /** The receipt, written in the same transaction. The ledger fills what it alone knows. */
  readonly record: ReceiptDraft;
  /** What becomes of the claim of the call's key; if it is left out, a key whose call cost nothing is free again. */
  readonly claim?: ClaimEnd;
}

export interface SettledReceipt {
  /** False if the hold was closed already: then nothing was changed. */
  readonly applied: boolean;
  /** What was really taken. */
  readonly charged: Millipoints;
  /** What could not be taken because hold and balance were used up. */
  readonly uncollected: Millipoints;
}

/** The only writer of money. Every method resolves when its change is durable. */
export interface Ledger {
  /**
   * Sets the amount aside from the user's accounts, the token's budget and the spend caps of both.
   * @throws InsufficientQuotaError, TokenQuotaError, SpendCapReachedError, IdempotencyKeyRunningError where the key is taken, StorageUnavailableError
   */
  hold(request: HoldRequest): Promise<void>;
  /** Sets more aside for a call that outgrows its hold. False if there is not enough left; then nothing changed. @throws StorageUnavailableError */
  extend(holdId: string, amount: Millipoints): Promise<boolean>;
  /** Closes a hold: takes what the call cost as far as it is there, gives the rest back, writes the receipt. @throws StorageUnavailableError */
  settle(settlement: Settlement): Promise<SettledReceipt>;
  /** Closes a hold whose call cannot be settled: its node died, or its receipt is refused. @throws StorageUnavailableError */
  sweep(holdId: string, policy: SweepPolicy): Promise<SettledReceipt>;
  /** Waits until everything accepted so far is durable. */
  drain(): Promise<void>;
}
