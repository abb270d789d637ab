/** One set for all lists of the same names: thousands of channels that offer the same thousand models keep them once. */
export class SharedNames {
  #sets: ReadonlyMap<string, ReadonlySet<string>> = new Map();
  readonly #keys = new WeakMap<ReadonlySet<string>, string>();
  #added = new Map<string, ReadonlySet<string>>();

  shared(names: readonly string[]): ReadonlySet<string> {
    const key = JSON.stringify(names.toSorted());
    let set = this.#sets.get(key) ?? this.#added.get(key);
    if (set === undefined) {
      set = new Set(names);
      this.#added.set(key, set);
      this.#keys.set(set, key);
    }
    return set;
  }

  /** Forgets the others. */
  keep(used: readonly ReadonlySet<string>[]): void {
    this.#sets = new Map(
      [...new Set(used)].flatMap((set) => {
        const key = this.#keys.get(set);
        return key === undefined ? [] : [[key, set] as const];
      }),
    );
    this.#added = new Map();
  }
}
