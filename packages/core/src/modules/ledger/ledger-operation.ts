import type { ClaimEnd, KeyClaim } from '../idempotency/index.js';
import type { ReceiptRow } from '../usage/index.js';
import type { HoldOwnerKind } from './ledger.js';
import type { HoldCap } from './spend-counters.js';

/** How the hold of a dead node is closed: given back, or charged in full. */
export type SweepPolicy = 'release' | 'charge';

export interface HoldOperation {
  readonly type: 'hold';
  readonly holdId: string;
  readonly ownerKind: HoldOwnerKind;
  readonly ownerId: string;
  readonly userId: string;
  readonly tokenId: string | null;
  readonly nodeId: string;
  readonly amount: bigint;
  /** JSON of the frozen rate. */
  readonly rate: string;
  /** Spend caps that the call is counted on; left out where there are none. */
  readonly caps?: readonly HoldCap[];
  /** The idempotency key that the call claims; left out where there is none. */
  readonly claim?: KeyClaim;
  /** Set where the acknowledgement of an earlier try may have been lost. */
  readonly again?: true;
  readonly at: number;
}

export interface ExtendOperation {
  readonly type: 'extend';
  readonly holdId: string;
  readonly amount: bigint;
  /** Made once per extension, so that one whose acknowledgement was lost is not done twice. */
  readonly key: string;
}

export interface SettleOperation {
  readonly type: 'settle';
  readonly holdId: string;
  readonly actual: bigint;
  readonly receipt: ReceiptRow;
  /** What becomes of the claim of its key. */
  readonly claim?: ClaimEnd;
  /** Group of the frozen rate, for the roll-ups. */
  readonly group: string;
  /** The node that settles. */
  readonly nodeId: string;
  readonly at: number;
}

export interface SweepOperation {
  readonly type: 'sweep';
  readonly holdId: string;
  readonly policy: SweepPolicy;
  /** The node that sweeps. */
  readonly nodeId: string;
  readonly at: number;
}

/** What the ledger is asked to do, as plain data that crosses threads. Every operation may be repeated: the second time it changes nothing. */
export type LedgerOperation = HoldOperation | ExtendOperation | SettleOperation | SweepOperation;

export type LedgerOutcome =
  | { readonly type: 'held' }
  | { readonly type: 'refused'; readonly by: 'account' | 'token'; readonly available: bigint }
  | { readonly type: 'refused'; readonly by: 'key' }
  | { readonly type: 'refused'; readonly by: 'cap'; readonly available: bigint; readonly cap: HoldCap }
  | { readonly type: 'extended'; readonly enough: boolean }
  | { readonly type: 'closed'; readonly applied: boolean; readonly charged: bigint; readonly uncollected: bigint };

/** Where batches of operations become durable. Outcomes come in the order of the operations. */
export interface LedgerExecutor {
  /**
   * All of the batch or nothing of it.
   * @throws StorageUnavailableError if it is not known whether the batch was written; any other error if it was not.
   */
  execute(operations: readonly LedgerOperation[]): Promise<readonly LedgerOutcome[]>;
  /** `power`: survives a power cut. `process`: survives the end of this process. */
  setDurability(durability: Durability): void;
  close(): Promise<void>;
}

export type Durability = 'power' | 'process';
