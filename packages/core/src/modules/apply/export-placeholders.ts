import type { ApplyPath } from './apply-source.js';

/** A secret that the file has a place for and not the value. */
export interface ExportedVariable {
  readonly name: string;
  /** Where it stands: `channels.0.config.apiKey`. */
  readonly field: string;
}

/** Hands out `${NAME}` for each secret of an exported file, and remembers which names there are. */
export class ExportPlaceholders {
  readonly #fields = new Map<string, string>();
  /** Name that was wanted → the number that the next place gets that wants it, too. */
  readonly #nextNumbers = new Map<string, number>();

  get variables(): readonly ExportedVariable[] {
    return [...this.#fields].map(([name, field]) => ({ name, field }));
  }

  /**
   * @param path where it stands
   * @param words what it is called by; the same words in another place give another name
   */
  at(path: ApplyPath, ...words: readonly string[]): string {
    const wanted = variableName(words);
    let name = wanted;
    for (let number = this.#nextNumbers.get(wanted) ?? 2; this.#fields.has(name); number += 1) {
      name = `${wanted}_${number}`;
      this.#nextNumbers.set(wanted, number + 1);
    }
    this.#fields.set(name, path.map(String).join('.'));
    return `\${${name}}`;
  }
}

/** `channel`, `main-1`, `apiKey` → `CHANNEL_MAIN_1_API_KEY`. Of letters that no variable may have nothing is left. */
function variableName(words: readonly string[]): string {
  return words
    .join(' ')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[^A-Za-z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toUpperCase();
}

/** What stands in a file for the value: texts that look like a variable must not be taken for one. */
export function withoutVariables(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('${', () => '$${');
  if (Array.isArray(value)) return value.map(withoutVariables);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutVariables(inner)]));
}

/** Without the fields that say nothing. */
export function stated(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
