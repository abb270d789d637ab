import type { Database, Transaction } from '../../storage/database.js';
import { bookingKinds, walletOf } from './books-store.js';

/** The story of one user's balance. Amounts are millipoints as text, times are those of UTC. */
export interface LedgerExplanation {
  readonly userId: string;
  readonly balanceMillipoints: string;
  readonly heldMillipoints: string;
  /** Everything but calls: grants, adjustments, refunds. Negative where it was taken. */
  readonly bookings: readonly ExplainedBooking[];
  /** Calls summed up by UTC day and model. */
  readonly calls: readonly ExplainedCalls[];
  readonly openHolds: readonly ExplainedHold[];
  readonly caps: readonly ExplainedCap[];
  /** What bookings and calls come to: the balance, unless the books are damaged or old receipts were removed. */
  readonly explainedMillipoints: string;
}

export interface ExplainedBooking {
  readonly at: string;
  readonly kind: string;
  readonly reference: string;
  readonly amountMillipoints: string;
  readonly reason?: string;
}

export interface ExplainedCalls {
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly failures: number;
  readonly costMillipoints: string;
  readonly uncollectedMillipoints: string;
}

export interface ExplainedHold {
  readonly id: string;
  readonly requestId: string;
  readonly amountMillipoints: string;
  readonly since: string;
}

export interface ExplainedCap {
  readonly id: string;
  readonly spentMillipoints: string;
  readonly heldMillipoints: string;
  readonly endsAt: string;
}

interface BookingRow {
  readonly at: bigint;
  readonly kind: string;
  readonly reference: string;
  readonly credit_account: string;
  readonly amount: bigint;
  readonly reason: string | null;
}

const dayMs = 86_400_000;

/** Reads one moment of a database that may be in use. @throws StorageUnavailableError */
export function explainLedger(database: Database, userId: string, now: number): Promise<LedgerExplanation> {
  return database.snapshot(async (transaction) => {
    const account = await transaction('accounts').where('id', walletOf(userId)).first('balance', 'held');
    const bookings = await bookingsOf(transaction, userId);
    const calls = await callsOf(transaction, userId);
    const booked = bookings.reduce((sum, { amountMillipoints }) => sum + BigInt(amountMillipoints), 0n);
    const paid = calls.reduce((sum, { costMillipoints }) => sum + BigInt(costMillipoints), 0n);
    return {
      userId,
      balanceMillipoints: String(account?.['balance'] ?? 0),
      heldMillipoints: String(account?.['held'] ?? 0),
      bookings,
      calls,
      openHolds: await openHoldsOf(transaction, userId),
      caps: await capsOf(transaction, userId, now),
      explainedMillipoints: String(booked - paid),
    };
  });
}

/** By the kinds of bookings, which the key of transfers begins with: calls, which are many more, are not looked at. */
async function bookingsOf(transaction: Transaction, userId: string): Promise<readonly ExplainedBooking[]> {
  const wallet = walletOf(userId);
  const rows: readonly BookingRow[] = await transaction('transfers')
    .whereIn('kind', [...bookingKinds])
    .whereRaw('(debit_account = ? or credit_account = ?)', [wallet, wallet])
    .orderBy('at')
    .select('at', 'kind', 'reference', 'credit_account', 'amount', 'reason');
  return rows.map(({ at, kind, reference, credit_account, amount, reason }) => ({
    at: timeText(at),
    kind,
    reference,
    amountMillipoints: String(credit_account === wallet ? amount : -amount),
    ...(reason === null ? {} : { reason }),
  }));
}

interface CallsRow {
  readonly day: bigint;
  readonly model: string;
  readonly calls: bigint;
  readonly failures: bigint;
  readonly cost: bigint;
  readonly uncollected: bigint;
}

/** From the hourly roll-ups, added up by the database. */
async function callsOf(transaction: Transaction, userId: string): Promise<readonly ExplainedCalls[]> {
  const day = transaction.raw(`hour / ${dayMs}`);
  const sums = ['calls', 'failures', 'cost', 'uncollected'].map((column) => transaction.raw(`cast(sum(${column}) as bigint) as ${column}`));
  const rows: readonly CallsRow[] = await transaction('usage_hours')
    .where('user_id', userId)
    .select({ day }, 'model', ...sums)
    .groupByRaw(`hour / ${dayMs}, model`)
    .orderBy(['day', 'model']);
  return rows.map(({ day: number, model, calls, failures, cost, uncollected }) => ({
    day: timeText(number * BigInt(dayMs)).slice(0, 10),
    model,
    calls: Number(calls),
    failures: Number(failures),
    costMillipoints: String(cost),
    uncollectedMillipoints: String(uncollected),
  }));
}

async function openHoldsOf(transaction: Transaction, userId: string): Promise<readonly ExplainedHold[]> {
  const rows: readonly { id: string; owner_id: string; amount: bigint; created_at: bigint }[] = await transaction('holds')
    .where('user_id', userId)
    .orderBy('id')
    .select('id', 'owner_id', 'amount', 'created_at');
  return rows.map(({ id, owner_id, amount, created_at }) => ({
    id,
    requestId: owner_id,
    amountMillipoints: String(amount),
    since: timeText(created_at),
  }));
}

const tokensAtOnce = 100;

/** Of the user and all tokens, for periods that are not over: by their ids, among the counters of everybody else. */
async function capsOf(transaction: Transaction, userId: string, now: number): Promise<readonly ExplainedCap[]> {
  const tokens: readonly { id: string }[] = await transaction('tokens').where('user_id', userId).select('id');
  const owners = [`user:${userId}`, ...tokens.map(({ id }) => `token:${id}`)];
  const found: ExplainedCap[] = [];
  for (let first = 0; first < owners.length; first += tokensAtOnce) {
    const ids = owners.slice(first, first + tokensAtOnce).flatMap((owner) => currentPeriods(now).map((period) => `${owner}:${period}`));
    const rows: readonly { id: string; spent: bigint; held: bigint; ends_at: bigint }[] = await transaction('spend_counters')
      .whereIn('id', ids)
      .where('ends_at', '>', now)
      .orderBy('id')
      .select('id', 'spent', 'held', 'ends_at');
    for (const { id, spent, held, ends_at } of rows)
      found.push({ id, spentMillipoints: String(spent), heldMillipoints: String(held), endsAt: timeText(ends_at) });
  }
  return found;
}

/** The days and months that it can be somewhere on Earth, as counters name them. */
function currentPeriods(now: number): readonly string[] {
  const days = [now - dayMs, now, now + dayMs].map((moment) => new Date(moment).toISOString().slice(0, 10));
  return [...days.map((label) => `day:${label}`), ...new Set(days.map((label) => `month:${label.slice(0, 7)}`))];
}

function timeText(moment: bigint): string {
  return new Date(Number(moment)).toISOString();
}
