import type { Model } from './model.js';
import { byPrecedence, isMatch, matchOf } from './model-match.js';

/** What adapters know of models by themselves. */
export type ModelHints = ReadonlyMap<string, Pick<Model, 'contextTokensMax' | 'outputTokensMax'>>;

/** Callers may invent names without end. */
const rememberedNamesMax = 10_000;

/**
 * The models as calls find them: never changed, replaced as a whole. What several entries say of a name comes together field by field: each is
 * taken from the first entry that states it, in the order of {@link byPrecedence}, and last from what adapters know. Whether a model is enabled
 * is said by the first entry alone.
 */
export class ModelCatalogue {
  /** Those that are no patterns, by name. */
  readonly models: readonly Model[];
  readonly #exact: ReadonlyMap<string, Model>;
  /** By precedence. */
  readonly #patterns: readonly Model[];
  readonly #hints: ModelHints;
  /** What patterns say of names that have no entry of their own; undefined where they say nothing. */
  readonly #matched = new Map<string, Model | undefined>();

  constructor(entries: readonly Model[], hints: ModelHints = new Map()) {
    const isPattern = ({ name }: Model): boolean => matchOf(name).match !== 'exact';
    this.#hints = hints;
    this.#patterns = entries.filter(isPattern).sort((one, other) => byPrecedence(one.name, other.name));
    this.models = entries.filter((entry) => !isPattern(entry)).map((entry) => this.#joined(entry.name, [entry]) as Model);
    this.#exact = new Map(this.models.map((model) => [model.name, model]));
  }

  /** Undefined for a name of which nobody said anything. The same object for the same name, as long as few names are asked for. */
  find(name: string): Model | undefined {
    const exact = this.#exact.get(name);
    if (exact !== undefined || this.#patterns.length === 0) return exact;
    const known = this.#matched.get(name);
    if (known !== undefined || this.#matched.has(name)) return known;
    const found = this.#joined(name, []);
    if (this.#matched.size >= rememberedNamesMax) this.#matched.clear();
    this.#matched.set(name, found);
    return found;
  }

  #joined(name: string, own: readonly Model[]): Model | undefined {
    const [first, ...others] = [...own, ...this.#patterns.filter((pattern) => isMatch(pattern.name, name))];
    if (first === undefined) return undefined;
    const joined = others.reduce(filledFrom, first);
    return { ...this.#hints.get(name), ...joined, name };
  }
}

/** A price goes with its source. */
function filledFrom(model: Model, { price, priceSource, ...facts }: Model): Model {
  const priced = model.price === undefined && price !== undefined ? { price, ...(priceSource === undefined ? {} : { priceSource }) } : {};
  return { ...facts, ...model, ...priced };
}
