/** One thing that is not as the rows say it should be. */
export interface LedgerDifference {
  readonly type: 'account' | 'transfer' | 'hold' | 'usage-record' | 'usage-hour' | 'token-budget' | 'spend-counter' | 'idempotency-key';
  readonly id: string;
  /** What is wrong with it: `balance`, `held`, `mac`, … */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** More are counted, not kept: under the wrong secret every row differs. */
const differencesMax = 1_000;

/** What was found to differ, in the order in which it was found. */
export class LedgerDifferences {
  readonly kept: LedgerDifference[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(difference: LedgerDifference): void {
    this.#count += 1;
    if (this.kept.length < differencesMax) this.kept.push(difference);
  }

  compare<Value extends bigint | string>(
    type: LedgerDifference['type'],
    id: string,
    what: string,
    { expected, found }: { readonly expected: Value; readonly found: Value },
  ): void {
    if (expected !== found) this.add({ type, id, what, expected: String(expected), found: String(found) });
  }

  /** A row that a hand has made unreadable is a difference, not the end of the search. */
  reading(type: LedgerDifference['type'], id: string, check: (id: string) => void): void {
    try {
      check(id);
    } catch (error) {
      this.add({ type, id, what: 'row', expected: 'one that can be read', found: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Amounts by id; what was never added is zero. */
export class Sums {
  readonly #amounts = new Map<string, bigint>();

  add(id: string, amount: bigint): void {
    this.#amounts.set(id, this.of(id) + amount);
  }

  of(id: string): bigint {
    return this.#amounts.get(id) ?? 0n;
  }

  has(id: string): boolean {
    return this.#amounts.has(id);
  }

  ids(): IterableIterator<string> {
    return this.#amounts.keys();
  }
}
