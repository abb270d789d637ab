/** A map with two keys, so that looking something up joins no texts. */
export class PairMap<Value> {
  readonly #values = new Map<string, Map<string, Value>>();

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  get(one: string, other: string): Value | undefined {
    return this.#values.get(one)?.get(other);
  }

  obtain(one: string, other: string, make: () => Value): Value {
    let inner = this.#values.get(one);
    if (inner === undefined) this.#values.set(one, (inner = new Map()));
    let value = inner.get(other);
    if (value === undefined) inner.set(other, (value = make()));
    return value;
  }

  delete(one: string, other: string): void {
    const inner = this.#values.get(one);
    if (inner?.delete(other) === true && inner.size === 0) this.#values.delete(one);
  }

  *entries(): Generator<readonly [string, string, Value]> {
    for (const [one, inner] of this.#values) for (const [other, value] of inner) yield [one, other, value];
  }
}
