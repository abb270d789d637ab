import type { RowValue } from '../../foundation/row-mac.js';
import type { UsageHourRow, UsageRecordRow } from '../usage/index.js';
import type { HoldOwnerKind } from './ledger.js';
import type { LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import type { ClaimRowState } from './key-claims.js';
import type { CounterState, HoldCap } from './spend-counters.js';

/** The rows that a batch touches, read under lock. */
export interface LedgerState {
  readonly accounts: readonly AccountState[];
  readonly budgets: readonly BudgetState[];
  readonly holds: readonly HoldState[];
  /** Of every cap of the holds and of new ones. */
  readonly counters: readonly CounterState[];
  /** Those that new holds ask for and those of the holds. */
  readonly claims: readonly ClaimRowState[];
  /** Of {@link receiptsSought}. */
  readonly closed: readonly ClosedHold[];
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

/** An open hold: once it is closed, its receipt is what is left of it. */
export interface HoldState {
  readonly id: string;
  readonly ownerKind: HoldOwnerKind;
  readonly ownerId: string;
  readonly userId: string;
  readonly tokenId: string | null;
  readonly nodeId: string;
  /** Sum of the funding legs; set aside on the token's budget too. */
  readonly amount: bigint;
  readonly funding: readonly FundingLeg[];
  readonly rate: string;
  readonly caps: readonly HoldCap[];
  /** The claim of the call's idempotency key; null without one. */
  readonly claimId: string | null;
  readonly lastExtension: string | null;
  readonly createdAt: number;
}

/** A hold of which only the receipt is left. */
export interface ClosedHold {
  readonly id: string;
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
  /** Why, in the words of whoever booked it; null for calls. */
  readonly reason: string | null;
}

/** What a batch writes: one change per account and budget, whatever the number of operations. */
export interface LedgerChanges {
  readonly accounts: readonly { readonly id: string; readonly balance: bigint; readonly held: bigint }[];
  readonly budgets: readonly { readonly tokenId: string; readonly spent: bigint; readonly held: bigint }[];
  readonly counters: readonly CounterState[];
  readonly claims: readonly ClaimRowState[];
  /** Ids of claims that are gone. */
  readonly freedClaims: readonly string[];
  readonly opened: readonly HoldState[];
  readonly extended: readonly HoldState[];
  /** Ids of holds that are gone. */
  readonly closed: readonly string[];
  readonly transfers: readonly TransferRow[];
  readonly receipts: readonly Omit<UsageRecordRow, 'mac'>[];
  /** What the receipts add to the hourly roll-ups. */
  readonly hours: readonly UsageHourRow[];
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
  /** Claims of new holds. */
  readonly claimIds: readonly string[];
}

export function needsOf(operations: readonly LedgerOperation[]): LedgerNeeds {
  const holdIds = new Set<string>();
  const userIds = new Set<string>();
  const tokenIds = new Set<string>();
  const caps: HoldCap[] = [];
  const claimIds: string[] = [];
  for (const operation of operations) {
    holdIds.add(operation.holdId);
    if (operation.type !== 'hold') continue;
    userIds.add(operation.userId);
    if (operation.tokenId !== null) tokenIds.add(operation.tokenId);
    if (operation.caps !== undefined) caps.push(...operation.caps);
    if (operation.claim !== undefined) claimIds.push(operation.claim.id);
  }
  return { holdIds: [...holdIds].sort(), userIds: [...userIds], tokenIds: [...tokenIds], caps, claimIds };
}

/** A receipt that may be there, and the earliest time that it may have. */
export interface SoughtReceipt {
  readonly id: string;
  readonly since: number;
}

/**
 * Receipts of holds that are gone: a settlement that is repeated is answered by the receipt of the first, and a hold that is repeated is not
 * opened again after it was closed. None of this happens unless an acknowledgement was lost.
 */
export function receiptsSought(operations: readonly LedgerOperation[], holds: readonly HoldState[]): readonly SoughtReceipt[] {
  const sought: SoughtReceipt[] = [];
  for (const operation of operations) {
    const since = operation.type === 'settle' ? sinceOfReceipt(operation.holdId, operation.receipt.created_at) : again(operation);
    if (since !== undefined && !holds.some(({ id }) => id === operation.holdId)) sought.push({ id: operation.holdId, since });
  }
  return sought;
}

/** A hold that was swept meanwhile has a receipt of when it was opened, which its id tells: a UUIDv7 begins with 48 bits of milliseconds. */
function sinceOfReceipt(holdId: string, settledAt: number): number {
  const openedAt = Number.parseInt(holdId.replace('-', '').slice(0, 12), 16);
  return Number.isNaN(openedAt) ? settledAt : Math.min(openedAt, settledAt);
}

function again(operation: LedgerOperation): number | undefined {
  return operation.type === 'hold' && operation.again === true ? operation.at : undefined;
}

/** The other side of what callers pay; not a row, its balance is the sum of its transfers. */
export const revenueAccount = 'system:revenue';

/** The columns of a transfer, in the order in which they are signed and stored. */
export const signedTransferColumns = ['kind', 'reference', 'leg', 'debit_account', 'credit_account', 'amount', 'at', 'reason'] as const;

export function signedTransferValues(row: TransferRow): readonly RowValue[] {
  return signedTransferColumns.map((column) => row[column]);
}

export function fundingText(funding: readonly FundingLeg[]): string {
  return JSON.stringify(funding.map((leg) => [leg.accountId, String(leg.amount)]));
}

export function fundingOf(text: string): readonly FundingLeg[] {
  return (JSON.parse(text) as [string, string][]).map(([accountId, amount]) => ({ accountId, amount: BigInt(amount) }));
}
