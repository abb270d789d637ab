import type { Transaction } from '../../storage/database.js';
import { walletOf } from './books-store.js';
import type { LedgerDifferences } from './ledger-differences.js';
import { refundsAtFault } from './verify-ledger-store.js';

/** Checks that what was given back for a call went to whoever had paid it, and was no more than that. */
export async function verifyRefunds(transaction: Transaction, found: LedgerDifferences): Promise<void> {
  for (const { reference, amount, credit_account, user_id, cost } of await refundsAtFault(transaction, 1_000)) {
    const id = `refund ${reference} 0`;
    if (user_id === null) found.compare('transfer', id, 'usage record', { expected: 'one', found: 'none' });
    else if (credit_account !== walletOf(user_id))
      found.compare('transfer', id, 'wallet', { expected: walletOf(user_id), found: credit_account });
    else found.compare('transfer', id, 'amount', { expected: `at most ${String(cost)}`, found: String(amount) });
  }
}
