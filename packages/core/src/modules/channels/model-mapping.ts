/** Public name of a model → its name at the upstream. A `*` in a name stands for any number of characters, and in the other for the same. */
export class ModelMapping {
  readonly #exact: ReadonlyMap<string, string>;
  readonly #patterns: readonly (readonly [RegExp, string])[];

  constructor(names: Readonly<Record<string, string>>) {
    const entries = Object.entries(names);
    this.#exact = new Map(entries.filter(([name]) => !name.includes('*')));
    this.#patterns = entries.filter(([name]) => name.includes('*')).map(([name, upstream]) => [patternOf(name), upstream]);
  }

  /** Undefined where the upstream calls it by the same name. */
  get(model: string): string | undefined {
    const exact = this.#exact.get(model);
    if (exact !== undefined || this.#patterns.length === 0) return exact;
    for (const [pattern, upstream] of this.#patterns) {
      const match = pattern.exec(model);
      if (match === null) continue;
      let star = 0;
      return upstream.replaceAll('*', () => match[(star += 1)] ?? '');
    }
    return undefined;
  }
}

/** Lists of patterns that were asked for: rules are replaced as a whole, so each list is compiled once. */
const compiled = new WeakMap<readonly string[], readonly (string | RegExp)[]>();

/** True if one of the patterns means the model. */
export function matchesModel(patterns: readonly string[], model: string): boolean {
  let tests = compiled.get(patterns);
  if (tests === undefined)
    compiled.set(patterns, (tests = patterns.map((pattern) => (pattern.includes('*') ? patternOf(pattern) : pattern))));
  return tests.some((test) => (typeof test === 'string' ? test === model : test.test(model)));
}

function patternOf(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.*)')}$`, 's');
}
