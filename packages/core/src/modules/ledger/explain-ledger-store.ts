import type { Database, Transaction } from '../../storage/database.js';
import { walletOf } from './books-store.js';

/** The story of one user's balance. Amounts are millipoints as text, times milliseconds since 1970. */
export interface LedgerExplanation {
  readonly userId: string;
  readonly balance: string;
  readonly held: string;
  /** Everything but calls: grants, adjustments, … Negative where it was taken. */
  readonly bookings: readonly ExplainedBooking[];
  /** Calls summed up by UTC day and model. */
  readonly calls: readonly ExplainedCalls[];
  readonly openHolds: readonly { readonly id: string; readonly requestId: string; readonly amount: string; readonly since: number }[];
  readonly caps: readonly { readonly id: string; readonly spent: string; readonly held: string; readonly endsAt: number }[];
  /** What bookings and calls come to: the balance, unless the books are damaged or old receipts were removed. */
  readonly explained: string;
}

export interface ExplainedBooking {
  readonly at: number;
  readonly kind: string;
  readonly reference: string;
  readonly amount: string;
  readonly reason?: string;
}

export interface ExplainedCalls {
  readonly day: string;
  readonly model: string;
  readonly calls: number;
  readonly failures: number;
  readonly cost: string;
  readonly uncollected: string;
}

interface BookingRow {
  readonly at: bigint;
  readonly kind: string;
  readonly reference: string;
  readonly credit_account: string;
  readonly amount: bigint;
  readonly reason: string | null;
}

const callKinds = ['call', 'task', 'session', 'job'];

/** Reads one moment of a database that may be in use. @throws StorageUnavailableError */
export function explainLedger(database: Database, userId: string, now: number): Promise<LedgerExplanation> {
  return database.snapshot(async (transaction) => {
    const account = await transaction('accounts').where('id', walletOf(userId)).first('balance', 'held');
    const bookings = await bookingsOf(transaction, userId);
    const calls = await callsOf(transaction, userId);
    const sum = [...bookings.map(({ amount }) => BigInt(amount)), ...calls.map(({ cost }) => -BigInt(cost))];
    return {
      userId,
      balance: String(account?.['balance'] ?? 0),
      held: String(account?.['held'] ?? 0),
      bookings,
      calls,
      openHolds: await openHoldsOf(transaction, userId),
      caps: await capsOf(transaction, userId, now),
      explained: String(sum.reduce((total, amount) => total + amount, 0n)),
    };
  });
}

async function bookingsOf(transaction: Transaction, userId: string): Promise<readonly ExplainedBooking[]> {
  const wallet = walletOf(userId);
  const rows: readonly BookingRow[] = await transaction('transfers')
    .whereNotIn('kind', callKinds)
    .whereRaw('(debit_account = ? or credit_account = ?)', [wallet, wallet])
    .orderBy('at')
    .select('at', 'kind', 'reference', 'credit_account', 'amount', 'reason');
  return rows.map(({ at, kind, reference, credit_account, amount, reason }) => ({
    at: Number(at),
    kind,
    reference,
    amount: String(credit_account === wallet ? amount : -amount),
    ...(reason === null ? {} : { reason }),
  }));
}

async function callsOf(transaction: Transaction, userId: string): Promise<readonly ExplainedCalls[]> {
  const rows: readonly { hour: bigint; model: string; calls: bigint; failures: bigint; cost: bigint; uncollected: bigint }[] =
    await transaction('usage_hours').where('user_id', userId).select('hour', 'model', 'calls', 'failures', 'cost', 'uncollected');
  const sums = new Map<string, { day: string; model: string; calls: bigint; failures: bigint; cost: bigint; uncollected: bigint }>();
  for (const { hour, model, ...row } of rows) {
    const day = new Date(Number(hour)).toISOString().slice(0, 10);
    const sum = sums.get(`${day} ${model}`) ?? { day, model, calls: 0n, failures: 0n, cost: 0n, uncollected: 0n };
    sum.calls += row.calls;
    sum.failures += row.failures;
    sum.cost += row.cost;
    sum.uncollected += row.uncollected;
    sums.set(`${day} ${model}`, sum);
  }
  return [...sums]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, { day, model, calls, failures, cost, uncollected }]) => {
      return { day, model, calls: Number(calls), failures: Number(failures), cost: String(cost), uncollected: String(uncollected) };
    });
}

async function openHoldsOf(transaction: Transaction, userId: string): Promise<LedgerExplanation['openHolds']> {
  const rows: readonly { id: string; owner_id: string; amount: bigint; created_at: bigint }[] = await transaction('holds')
    .where('user_id', userId)
    .orderBy('id')
    .select('id', 'owner_id', 'amount', 'created_at');
  return rows.map(({ id, owner_id, amount, created_at }) => ({
    id,
    requestId: owner_id,
    amount: String(amount),
    since: Number(created_at),
  }));
}

/** Of the user and all tokens, for periods that are not over. */
async function capsOf(transaction: Transaction, userId: string, now: number): Promise<LedgerExplanation['caps']> {
  const tokens: readonly { id: string }[] = await transaction('tokens').where('user_id', userId).select('id');
  const owners = [`user:${userId}:`, ...tokens.map(({ id }) => `token:${id}:`)];
  const rows: readonly { id: string; spent: bigint; held: bigint; ends_at: bigint }[] = await transaction('spend_counters')
    .where('ends_at', '>', now)
    .orderBy('id')
    .select('id', 'spent', 'held', 'ends_at');
  return rows
    .filter(({ id }) => owners.some((owner) => id.startsWith(owner)))
    .map(({ id, spent, held, ends_at }) => ({ id, spent: String(spent), held: String(held), endsAt: Number(ends_at) }));
}
