import type { Durability, LedgerExecutor, LedgerOperation, LedgerOutcome } from './ledger-operation.js';
import type { SqliteLedgerStore } from './sqlite-ledger-store.js';

/** Runs the SQLite ledger in the calling thread: for sources that are run without a build, such as tests. */
export class InlineExecutor implements LedgerExecutor {
  readonly #store: SqliteLedgerStore;

  constructor(store: SqliteLedgerStore) {
    this.#store = store;
  }

  async execute(operations: readonly LedgerOperation[]): Promise<readonly LedgerOutcome[]> {
    return this.#store.execute(operations);
  }

  setDurability(durability: Durability): void {
    this.#store.setDurability(durability);
  }

  async close(): Promise<void> {
    this.#store.close();
  }
}
