import type { RowValue } from '../../foundation/row-mac.js';
import type { UsageRecordRow } from '../usage/index.js';
import type { HoldOwnerKind } from './ledger.js';
import type { LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import type { CounterState, HoldCap } from './spend-counters.js';

/** The rows that a batch touches, read under lock. */
export interface LedgerState {
  readonly accounts: readonly AccountState[];
  readonly budgets: readonly BudgetState[];
  readonly holds: readonly HoldState[];
  /** Of every cap of the holds and of new ones. */
  readonly counters: readonly CounterState[];
}

export interface AccountState {
  readonly id: string;
  readonly userId: string;
  readonly kind: string;
  readonly balance: bigint;
  readonly held: bigint;
}

export interface BudgetState {
  readonly tokenId: string;
  /** Null = unlimited. */
  readonly granted: bigint | null;
  readonly spent: bigint;
  readonly held: bigint;
}

/** A part of a hold, on one account. */
export interface FundingLeg {
  readonly accountId: string;
  readonly amount: bigint;
}

export interface HoldState {
  readonly id: string;
  readonly ownerKind: HoldOwnerKind;
  readonly ownerId: string;
  readonly userId: string;
  readonly tokenId: string | null;
  readonly nodeId: string;
  readonly state: 'open' | 'settled' | 'swept';
  /** Sum of the funding legs; set aside on the token's budget too. */
  readonly amount: bigint;
  readonly funding: readonly FundingLeg[];
  readonly rate: string;
  readonly caps: readonly HoldCap[];
  readonly lastExtension: string | null;
  readonly createdAt: number;
  readonly charged: bigint;
  readonly uncollected: bigint;
}

export interface HoldClosing {
  readonly id: string;
  readonly state: 'settled' | 'swept';
  readonly closedAt: number;
  /** `created_at` of the receipt: with the hold's id its primary key. */
  readonly recordAt: number;
  readonly charged: bigint;
  readonly uncollected: bigint;
}

/** One immutable booking: both sides in one row. Its occasion is its identity, so that nothing is booked twice. */
export interface TransferRow {
  readonly kind: string;
  readonly reference: string;
  readonly leg: number;
  readonly debit_account: string;
  readonly credit_account: string;
  readonly amount: bigint;
  readonly at: number;
}

/** What a batch writes: one change per account and budget, whatever the number of operations. */
export interface LedgerChanges {
  readonly accounts: readonly { readonly id: string; readonly balance: bigint; readonly held: bigint }[];
  readonly budgets: readonly { readonly tokenId: string; readonly spent: bigint; readonly held: bigint }[];
  readonly counters: readonly CounterState[];
  readonly opened: readonly HoldState[];
  readonly extended: readonly HoldState[];
  readonly closed: readonly HoldClosing[];
  readonly transfers: readonly TransferRow[];
  readonly receipts: readonly Omit<UsageRecordRow, 'mac'>[];
}

export interface LedgerPlan {
  readonly outcomes: readonly LedgerOutcome[];
  readonly changes: LedgerChanges;
}

/** What has to be read before a batch can be planned. Accounts, budgets and counters of the holds belong to it too. */
export interface LedgerNeeds {
  readonly holdIds: readonly string[];
  readonly userIds: readonly string[];
  readonly tokenIds: readonly string[];
  /** Caps of new holds. */
  readonly caps: readonly HoldCap[];
}

export function needsOf(operations: readonly LedgerOperation[]): LedgerNeeds {
  const holdIds = new Set<string>();
  const userIds = new Set<string>();
  const tokenIds = new Set<string>();
  const caps: HoldCap[] = [];
  for (const operation of operations) {
    holdIds.add(operation.holdId);
    if (operation.type !== 'hold') continue;
    userIds.add(operation.userId);
    if (operation.tokenId !== null) tokenIds.add(operation.tokenId);
    if (operation.caps !== undefined) caps.push(...operation.caps);
  }
  return { holdIds: [...holdIds].sort(), userIds: [...userIds], tokenIds: [...tokenIds], caps };
}

/** The other side of what callers pay; not a row, its balance is the sum of its transfers. */
export const revenueAccount = 'system:revenue';

/** The columns of a transfer, in the order in which they are signed and stored. */
export const signedTransferColumns = ['kind', 'reference', 'leg', 'debit_account', 'credit_account', 'amount', 'at'] as const;

export function signedTransferValues(row: TransferRow): readonly RowValue[] {
  return signedTransferColumns.map((column) => row[column]);
}

export function fundingText(funding: readonly FundingLeg[]): string {
  return JSON.stringify(funding.map((leg) => [leg.accountId, String(leg.amount)]));
}

export function fundingOf(text: string): readonly FundingLeg[] {
  return (JSON.parse(text) as [string, string][]).map(([accountId, amount]) => ({ accountId, amount: BigInt(amount) }));
}
