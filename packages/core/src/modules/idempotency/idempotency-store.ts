import type { Knex } from 'knex';
import type { ClaimState, SealedAnswer } from './key-claim.js';

/** A claim as it is stored. Rows are written by the ledger, with the holds of their calls. */
export interface StoredClaim {
  readonly state: ClaimState;
  readonly fingerprint: string;
  /** The hold of its call, and its receipt. */
  readonly holdId: string;
  readonly requestId: string;
  /** Set if it is `kept`. */
  readonly answer: SealedAnswer | undefined;
}

interface ClaimRow {
  readonly state: string;
  readonly fingerprint: string;
  readonly hold_id: string;
  readonly request_id: string;
  readonly answer_status: number | bigint | null;
  readonly content_type: string | null;
  readonly answer: string | null;
}

/** Undefined if nobody has claimed the key, or its time is over. @throws StorageUnavailableError */
export async function findClaim(knex: Knex, id: string, now: number): Promise<StoredClaim | undefined> {
  const row: ClaimRow | undefined = await knex('idempotency_keys')
    .where('id', id)
    .where((either) => void either.where('state', 'running').orWhere('expires_at', '>', now))
    .first('state', 'fingerprint', 'hold_id', 'request_id', 'answer_status', 'content_type', 'answer');
  return row && rowToClaim(row);
}

/**
 * Removes about as many claims as given whose time is over, oldest first; one that is running stays as long as its hold is open.
 * Returns how many were removed.
 */
export async function deleteExpiredClaims(transaction: Knex.Transaction, now: number, rowsMax: number): Promise<number> {
  const expired = transaction('idempotency_keys')
    .where('expires_at', '<=', now)
    .whereNotExists(transaction('holds').select('holds.id').whereRaw('holds.id = idempotency_keys.hold_id'))
    .orderBy('expires_at')
    .limit(rowsMax)
    .select('id');
  // Said twice: a claim that was made anew while this waited for its row is not expired any more.
  return transaction('idempotency_keys').whereIn('id', expired).where('expires_at', '<=', now).delete();
}

function rowToClaim(row: ClaimRow): StoredClaim {
  const { answer: sealed, content_type: contentType } = row;
  const isKept = sealed !== null && contentType !== null;
  return {
    state: row.state as ClaimState,
    fingerprint: row.fingerprint,
    holdId: row.hold_id,
    requestId: row.request_id,
    answer: isKept ? { status: Number(row.answer_status), contentType, sealed } : undefined,
  };
}
