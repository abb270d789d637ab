/** What was found after a seed. */
export interface Finding {
  readonly checked: number;
  /** Each in words. */
  readonly violated: readonly string[];
}

/** Counts what was looked at, and keeps what does not hold. */
export class Checks {
  #checked = 0;
  readonly #violated: string[] = [];

  that(holds: boolean, otherwise: string): void {
    this.#checked += 1;
    if (!holds) this.#violated.push(otherwise);
  }

  finding(): Finding {
    return { checked: this.#checked, violated: this.#violated };
  }
}
