import type { Clock } from '../../foundation/clock.js';
import { type Millipoints, millipoints } from '../../foundation/millipoints.js';
import type { RowMac } from '../../foundation/row-mac.js';
import type { Transaction } from '../../storage/database.js';
import { OverdraftError, UnknownAccountError } from './ledger-errors.js';
import { budgetMac, type BudgetTerms, transferMac } from './ledger-rows.js';
import type { TransferRow } from './ledger-state.js';

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

/** Where granted points come from and taken ones go to; not a row, its balance is the sum of its transfers. */
export const grantsAccount = 'system:grants';

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
   * Books points to a user's wallet. False if this kind and reference were booked before; then nothing changed.
   * @throws OverdraftError, UnknownAccountError; the caller's transaction must then be given up
   */
  async grant(transaction: Transaction, grant: Grant): Promise<boolean> {
    const amount: bigint = grant.amount;
    if (amount === 0n) return false;
    const wallet = walletOf(grant.userId);
    const [debit, credit] = amount > 0n ? [grantsAccount, wallet] : [wallet, grantsAccount];
    const transfer: TransferRow = {
      kind: grant.kind,
      reference: grant.reference,
      leg: 0,
      debit_account: debit,
      credit_account: credit,
      amount: amount > 0n ? amount : -amount,
      at: this.#clock.now(),
      reason: grant.reason ?? null,
    };
    const booked = await transaction('transfers')
      .insert({ ...transfer, mac: transferMac(this.#mac, transfer) })
      .onConflict(['kind', 'reference', 'leg'])
      .ignore()
      .returning('leg');
    if (booked.length === 0) return false;
    const changed = await transaction('accounts')
      .where('id', wallet)
      .whereRaw('balance - held + cast(? as bigint) >= 0', [String(amount)])
      .update({ balance: transaction.raw('balance + cast(? as bigint)', [String(amount)]) });
    if (changed === 1) return true;
    const exists = await transaction('accounts').where('id', wallet).first('id');
    throw exists === undefined ? new UnknownAccountError(`wallet of user ${grant.userId}`) : new OverdraftError(grant.userId);
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
