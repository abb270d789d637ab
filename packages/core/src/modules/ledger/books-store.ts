import type { Clock } from '../../foundation/clock.js';
import { type Millipoints, millipoints, pointsText } from '../../foundation/millipoints.js';
import type { RowMac } from '../../foundation/row-mac.js';
import type { Transaction } from '../../storage/database.js';
import { BookingDiffersError, OverdraftError, RefundRefusedError, UnknownAccountError } from './ledger-errors.js';
import { budgetMac, type BudgetTerms, transferMac } from './ledger-rows.js';
import { revenueAccount, type TransferRow } from './ledger-state.js';

/** What a token may spend: an amount, or as much as its user has. */
export type BudgetTarget = Millipoints | 'unlimited';

export interface Grant {
  readonly userId: string;
  /** Negative takes back. */
  readonly amount: Millipoints;
  readonly kind: GrantKind;
  /** Names the occasion: the same kind and reference are booked once, ever. */
  readonly reference: string;
  /** Kept with the transfer and signed. */
  readonly reason?: string;
}

export type GrantKind = 'starting-balance' | 'adjustment';

/** Kinds of transfers that people book; all others are calls. */
export const bookingKinds: readonly (GrantKind | 'refund')[] = ['starting-balance', 'adjustment', 'refund'];

/** Points given back for one call. */
export interface Refund {
  readonly requestId: string;
  /** All that the call was charged, if left out. */
  readonly amount?: Millipoints;
  /** Kept with the transfer and signed. */
  readonly reason: string;
}

export interface BookedRefund {
  readonly userId: string;
  readonly amount: Millipoints;
  /** False if the same was booked before; then nothing changed. */
  readonly isNew: boolean;
}

/** Where granted points come from and taken ones go to; not a row, its balance is the sum of its transfers. */
export const grantsAccount = 'system:grants';

/** What two bookings of one reference must have in common to be the same. */
const comparedColumns = ['debit_account', 'credit_account', 'amount', 'reason'] as const;

const walletPrefix = 'wallet:';

export function walletOf(userId: string): string {
  return `${walletPrefix}${userId}`;
}

/** Bookings of the management side, inside a transaction of the caller. Calls are booked by the ledger alone. */
export class Books {
  readonly #mac: RowMac;
  readonly #clock: Clock;

  constructor(mac: RowMac, clock: Clock) {
    this.#mac = mac;
    this.#clock = clock;
  }

  /** Opens a user's wallet, empty. Does nothing if it is open. */
  async openWallet(transaction: Transaction, userId: string): Promise<void> {
    await transaction('accounts')
      .insert({ id: walletOf(userId), owner_user_id: userId, kind: 'wallet', balance: 0n, held: 0n, created_at: this.#clock.now() })
      .onConflict('id')
      .ignore();
  }

  /**
   * Books points to a user's wallet. False if this was booked before under its kind and reference; then nothing changed. A starting balance
   * is given once, also if it is another one later.
   * @throws OverdraftError, UnknownAccountError, BookingDiffersError; the caller's transaction must then be given up
   */
  async grant(transaction: Transaction, grant: Grant): Promise<boolean> {
    const amount: bigint = grant.amount;
    if (amount === 0n) return false;
    const wallet = walletOf(grant.userId);
    const [debit, credit] = amount > 0n ? [grantsAccount, wallet] : [wallet, grantsAccount];
    const { kind, reference, reason = null, userId } = grant;
    const size = amount > 0n ? amount : -amount;
    const transfer = { kind, reference, leg: 0, debit_account: debit, credit_account: credit, amount: size, at: this.#clock.now(), reason };
    const isNew = kind === 'starting-balance' ? await this.#insert(transaction, transfer) : await this.#book(transaction, transfer);
    return isNew && this.#changeBalance(transaction, userId, amount);
  }

  /**
   * Gives back what a call was charged, or a part of it, once: the call is the reference. Its receipt, the budget of its token and its spend
   * caps stay as they are, for the call was made.
   * @throws RefundRefusedError, BookingDiffersError, UnknownAccountError; the caller's transaction must then be given up
   */
  async refund(transaction: Transaction, { requestId, amount: wanted, reason }: Refund): Promise<BookedRefund> {
    const receipt: { readonly user_id: string; readonly cost: bigint } | undefined = await transaction('usage_records')
      .where('request_id', requestId)
      .first('user_id', 'cost');
    if (receipt === undefined) throw new RefundRefusedError(`There is no receipt of a call ${requestId}.`);
    const { user_id: userId, cost } = receipt;
    const amount = wanted ?? millipoints(cost);
    if (cost === 0n || amount <= 0n) throw new RefundRefusedError(`Call ${requestId} was charged nothing that could be given back.`);
    if (amount > cost)
      throw new RefundRefusedError(`Call ${requestId} was charged ${pointsText(millipoints(cost))} points, and no more can be given back.`);
    const accounts = { debit_account: revenueAccount, credit_account: walletOf(userId) };
    const transfer = { kind: 'refund', reference: requestId, leg: 0, ...accounts, amount, at: this.#clock.now(), reason };
    const isNew = await this.#book(transaction, transfer);
    if (isNew) await this.#changeBalance(transaction, userId, amount);
    return { userId, amount, isNew };
  }

  /** Writes a transfer. False if the same is there; the time it was booked at does not count. @throws BookingDiffersError */
  async #book(transaction: Transaction, transfer: TransferRow): Promise<boolean> {
    if (await this.#insert(transaction, transfer)) return true;
    const { kind, reference, leg } = transfer;
    const before: TransferRow | undefined = await transaction('transfers')
      .where({ kind, reference, leg })
      .first(...comparedColumns);
    if (!comparedColumns.every((column) => before?.[column] === transfer[column])) throw new BookingDiffersError(kind, reference);
    return false;
  }

  /** False if there is a transfer of this kind and reference. */
  async #insert(transaction: Transaction, transfer: TransferRow): Promise<boolean> {
    const inserted = await transaction('transfers')
      .insert({ ...transfer, mac: transferMac(this.#mac, transfer) })
      .onConflict(['kind', 'reference', 'leg'])
      .ignore()
      .returning('leg');
    return inserted.length > 0;
  }

  /** @throws OverdraftError, UnknownAccountError */
  async #changeBalance(transaction: Transaction, userId: string, amount: bigint): Promise<true> {
    const wallet = walletOf(userId);
    const changed = await transaction('accounts')
      .where('id', wallet)
      .whereRaw('balance - held + cast(? as bigint) >= 0', [String(amount)])
      .update({ balance: transaction.raw('balance + cast(? as bigint)', [String(amount)]) });
    if (changed === 1) return true;
    const exists = await transaction('accounts').where('id', wallet).first('id');
    throw exists === undefined ? new UnknownAccountError(`wallet of user ${userId}`) : new OverdraftError(userId);
  }

  /** Opens the budget of a new token. Does nothing if it is open. */
  async openTokenBudget(transaction: Transaction, tokenId: string, target: BudgetTarget): Promise<void> {
    const granted: bigint | null = target === 'unlimited' ? null : target;
    await transaction('token_budgets')
      .insert(this.#signed({ token_id: tokenId, granted, applied_target: granted }))
      .onConflict('token_id')
      .ignore();
  }

  /**
   * Moves a budget to a new target by the difference to the one before, so that what was spent stays spent. From unlimited to an amount,
   * the whole amount is granted anew. Below what is spent, nothing is left to spend.
   * @throws UnknownAccountError
   */
  async retargetTokenBudget(transaction: Transaction, tokenId: string, target: BudgetTarget): Promise<void> {
    const row = await transaction('token_budgets').where('token_id', tokenId).forUpdate().first('granted', 'spent', 'applied_target');
    if (row === undefined) throw new UnknownAccountError(`budget of token ${tokenId}`);
    await transaction('token_budgets')
      .where('token_id', tokenId)
      .update(
        this.#signed({
          token_id: tokenId,
          granted: grantedFor(row, target),
          applied_target: target === 'unlimited' ? null : target,
        }),
      );
  }

  /** Signed, so that a budget raised by hand is found. */
  #signed(terms: BudgetTerms) {
    return { ...terms, mac: budgetMac(this.#mac, terms) };
  }

  /** What users were granted by transfers of this kind, by user id. */
  async grantsOf(transaction: Transaction, kind: GrantKind): Promise<ReadonlyMap<string, Millipoints>> {
    const rows: { readonly credit_account: string; readonly amount: bigint }[] = await transaction('transfers')
      .where({ kind, debit_account: grantsAccount })
      .select('credit_account', 'amount');
    const sums = new Map<string, Millipoints>();
    for (const row of rows) {
      const userId = row.credit_account.slice(walletPrefix.length);
      sums.set(userId, millipoints((sums.get(userId) ?? 0n) + row.amount));
    }
    return sums;
  }

  /** What each budget was last opened with or set to, by token id. */
  async tokenBudgetTargets(transaction: Transaction): Promise<ReadonlyMap<string, BudgetTarget>> {
    const rows: { readonly token_id: string; readonly applied_target: bigint | null }[] = await transaction('token_budgets').select(
      'token_id',
      'applied_target',
    );
    return new Map(rows.map((row) => [row.token_id, row.applied_target === null ? 'unlimited' : millipoints(row.applied_target)]));
  }
}

interface BudgetOfToken {
  readonly granted: bigint | null;
  readonly spent: bigint;
  readonly applied_target: bigint | null;
}

function grantedFor(row: BudgetOfToken, target: BudgetTarget): bigint | null {
  if (target === 'unlimited') return null;
  if (row.granted === null || row.applied_target === null) return row.spent + target;
  const granted = row.granted + target - row.applied_target;
  return granted > 0n ? granted : 0n;
}
