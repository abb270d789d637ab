/** A clock that stands still while something happens, and jumps to what happens next. */
export class VirtualTime {
  #now = 0;
  /** Millisecond → what happens then. */
  readonly #agenda = new Map<number, (() => void)[]>();

  readonly clock = { now: (): number => this.#now };

  get now(): number {
    return this.#now;
  }

  after(delayMs: number, happen: () => void): void {
    const at = this.#now + Math.max(0, Math.round(delayMs));
    const others = this.#agenda.get(at);
    if (others === undefined) this.#agenda.set(at, [happen]);
    else others.push(happen);
  }

  runUntil(endMs: number): void {
    for (; this.#now < endMs; this.#now += 1) {
      // What happens now may add to what happens now.
      const happening = this.#agenda.get(this.#now) ?? [];
      for (let index = 0; index < happening.length; index += 1) happening[index]?.();
      this.#agenda.delete(this.#now);
    }
  }
}

/** Numbers from 0 to below 1, the same each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
