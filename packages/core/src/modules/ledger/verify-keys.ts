import type { Transaction } from '../../storage/database.js';
import type { LedgerDifferences } from './ledger-differences.js';
import { keyClaimsInChunks, type StoredKeyClaim } from './verify-ledger-store.js';

/** Proves that every claim of an idempotency key belongs to a call: a running one to an open hold, and back; any other to a receipt. */
export class KeyVerification {
  readonly #transaction: Transaction;
  readonly #found: LedgerDifferences;
  /** Hold of each claim that must be running. */
  readonly #running = new Map<string, string>();
  #checked = 0;

  constructor(transaction: Transaction, found: LedgerDifferences) {
    this.#transaction = transaction;
    this.#found = found;
  }

  get checked(): number {
    return this.#checked;
  }

  /** To be told of every open hold that names a claim, before {@link run}. */
  expectRunning(claimId: string, holdId: string): void {
    this.#running.set(claimId, holdId);
  }

  async run(): Promise<void> {
    for await (const claims of keyClaimsInChunks(this.#transaction)) {
      for (const claim of claims) this.#check(claim);
      this.#checked += claims.length;
    }
    for (const claimId of this.#running.keys())
      this.#found.add({ type: 'idempotency-key', id: claimId, what: 'row', expected: 'one that is running', found: 'none' });
  }

  #check({ id, state, hold_id: holdId, receipt }: StoredKeyClaim): void {
    if (state === 'running') {
      const openHold = this.#running.get(id) ?? 'none';
      this.#running.delete(id);
      this.#found.compare('idempotency-key', id, 'open hold', { expected: holdId, found: openHold });
      return;
    }
    this.#found.compare('idempotency-key', id, 'receipt', { expected: holdId, found: receipt ?? 'none' });
  }
}
