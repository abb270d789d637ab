import type { RowMac, RowValue } from '../../foundation/row-mac.js';
import { signedUsageValues, type UsageRecordRow } from '../usage/index.js';
import type { HoldOwnerKind } from './ledger.js';
import type { ClaimState } from '../idempotency/index.js';
import type { ClaimRowState } from './key-claims.js';
import { capsOf, type CounterState } from './spend-counters.js';
import {
  type AccountState,
  type BudgetState,
  type ClosedHold,
  fundingOf,
  type HoldState,
  signedTransferValues,
  type TransferRow,
} from './ledger-state.js';

/** An integer as drivers return it. */
type Integer = number | bigint | string;

export interface AccountRow {
  readonly id: string;
  readonly owner_user_id: string;
  readonly kind: string;
  readonly balance: Integer;
  readonly held: Integer;
}

export interface BudgetRow {
  readonly token_id: string;
  readonly granted: Integer | null;
  readonly spent: Integer;
  readonly held: Integer;
}

export interface HoldRow {
  readonly id: string;
  readonly owner_kind: string;
  readonly owner_id: string;
  readonly user_id: string;
  readonly token_id: string | null;
  readonly node_id: string;
  readonly amount: Integer;
  readonly funding: string;
  readonly rate: string;
  /** JSON; see {@link capsOf}. */
  readonly caps: string | null;
  readonly claim_id: string | null;
  readonly last_extension: string | null;
  readonly created_at: Integer;
}

export interface CounterRow {
  readonly id: string;
  readonly ends_at: Integer;
  readonly spent: Integer;
  readonly held: Integer;
}

/** A claim without its answer, which is written only. */
export interface ClaimRow {
  readonly id: string;
  readonly token_id: string;
  readonly fingerprint: string;
  readonly state: string;
  readonly hold_id: string;
  readonly request_id: string;
  readonly created_at: Integer;
  readonly expires_at: Integer;
}

/** What a receipt tells of its closed hold. */
export interface ClosedHoldRow {
  readonly id: string;
  readonly cost: Integer;
  readonly uncollected: Integer;
}

export const accountColumns = 'id, owner_user_id, kind, balance, held';
export const counterColumns = 'id, ends_at, spent, held';
export const budgetColumns = 'token_id, granted, spent, held';
export const holdColumns =
  'id, owner_kind, owner_id, user_id, token_id, node_id, amount, funding, rate, caps, claim_id, last_extension, created_at';
export const claimColumns = 'id, token_id, fingerprint, state, hold_id, request_id, created_at, expires_at';
export const writtenClaimColumns = [...claimColumns.split(', '), 'answer_status', 'content_type', 'answer'] as const;

export function rowToAccount(row: AccountRow): AccountState {
  return { id: row.id, userId: row.owner_user_id, kind: row.kind, balance: BigInt(row.balance), held: BigInt(row.held) };
}

export function rowToCounter(row: CounterRow): CounterState {
  return { id: row.id, spent: BigInt(row.spent), held: BigInt(row.held) };
}

export function rowToBudget(row: BudgetRow): BudgetState {
  const granted = row.granted === null ? null : BigInt(row.granted);
  return { tokenId: row.token_id, granted, spent: BigInt(row.spent), held: BigInt(row.held) };
}

export function rowToHold(row: HoldRow): HoldState {
  return {
    id: row.id,
    ownerKind: row.owner_kind as HoldOwnerKind,
    ownerId: row.owner_id,
    userId: row.user_id,
    tokenId: row.token_id,
    nodeId: row.node_id,
    amount: BigInt(row.amount),
    funding: fundingOf(row.funding),
    rate: row.rate,
    caps: capsOf(row.caps),
    claimId: row.claim_id,
    lastExtension: row.last_extension,
    createdAt: Number(row.created_at),
  };
}

export function rowToClaim(row: ClaimRow): ClaimRowState {
  return {
    id: row.id,
    tokenId: row.token_id,
    fingerprint: row.fingerprint,
    state: row.state as ClaimState,
    holdId: row.hold_id,
    requestId: row.request_id,
    answer: null,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  };
}

/** In the order of {@link writtenClaimColumns}. */
export function claimValues(claim: ClaimRowState): readonly (string | number | null)[] {
  const { id, tokenId, fingerprint, state, holdId, requestId, createdAt, expiresAt, answer } = claim;
  const ofAnswer = [answer?.status ?? null, answer?.contentType ?? null, answer?.sealed ?? null];
  return [id, tokenId, fingerprint, state, holdId, requestId, createdAt, expiresAt, ...ofAnswer];
}

export function rowToClosedHold(row: ClosedHoldRow): ClosedHold {
  return { id: row.id, charged: BigInt(row.cost), uncollected: BigInt(row.uncollected) };
}

export function transferMac(mac: RowMac, row: TransferRow): string {
  return mac.sign('transfers', signedTransferValues(row));
}

/** What the management side says about a token's budget. What calls spend of it is counted beside, and proven by their holds. */
export interface BudgetTerms {
  readonly token_id: string;
  readonly granted: bigint | null;
  readonly applied_target: bigint | null;
}

export function signedBudgetValues({ token_id, granted, applied_target }: BudgetTerms): readonly RowValue[] {
  return [token_id, granted, applied_target];
}

export function budgetMac(mac: RowMac, terms: BudgetTerms): string {
  return mac.sign('token_budgets', signedBudgetValues(terms));
}

export function usageMac(mac: RowMac, row: Omit<UsageRecordRow, 'mac'>): string {
  return mac.sign('usage_records', signedUsageValues(row));
}
