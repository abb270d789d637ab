import { effectiveModel } from './effective-model.js';
import { type EffectiveModel, isPricedByHand, type Model } from './model.js';
import { byPrecedence, isMatch, matchOf } from './model-match.js';

/** What adapters know of models by themselves. */
export type ModelHints = ReadonlyMap<string, Pick<Model, 'contextTokensMax' | 'outputTokensMax'>>;

/** Callers may invent names without end. */
const rememberedNamesMax = 10_000;

/**
 * The models as calls find them: never changed, replaced as a whole. What several entries say of a name comes together field by field: each is
 * taken from the first entry that states it, in the order of {@link byPrecedence}, and last from what adapters know. A price that a person has
 * set goes before one that nobody has set by hand, whichever entry has it.
 */
export class ModelCatalogue {
  /** Those that are no patterns, by name. */
  readonly models: readonly EffectiveModel[];
  readonly #exact: ReadonlyMap<string, EffectiveModel>;
  /** By precedence. */
  readonly #patterns: readonly Model[];
  readonly #hints: ModelHints;
  /** What patterns say of names that have no entry of their own; undefined where they say nothing. */
  readonly #matched = new Map<string, EffectiveModel | undefined>();

  constructor(entries: readonly Model[], hints: ModelHints = new Map()) {
    const isPattern = ({ name }: Model): boolean => matchOf(name).match !== 'exact';
    this.#hints = hints;
    this.#patterns = entries.filter(isPattern).sort((one, other) => byPrecedence(one.name, other.name));
    this.models = entries.filter((entry) => !isPattern(entry)).flatMap((entry) => this.#joined(entry.name, [entry]) ?? []);
    this.#exact = new Map(this.models.map((model) => [model.name, model]));
  }

  /**
   * Undefined for a name of which nobody said anything. The same object for the same name, as long as few names are asked for. Of a pattern, it
   * says what holds for its names unless another entry says more of them.
   */
  find(name: string): EffectiveModel | undefined {
    const exact = this.#exact.get(name);
    if (exact !== undefined || this.#patterns.length === 0) return exact;
    const known = this.#matched.get(name);
    if (known !== undefined || this.#matched.has(name)) return known;
    const found = this.#joined(name, []);
    if (this.#matched.size >= rememberedNamesMax) this.#matched.clear();
    this.#matched.set(name, found);
    return found;
  }

  /** True if a person has priced the name by a pattern, whatever its own entry says. */
  isPricedByHandAsMany(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.name !== name && isPricedByHand(pattern) && isMatch(pattern.name, name));
  }

  #joined(name: string, own: readonly Model[]): EffectiveModel | undefined {
    const [first, ...others] = [...own, ...this.#patterns.filter((pattern) => isMatch(pattern.name, name))];
    return first === undefined ? undefined : effectiveModel(name, [first, ...others], this.#hints.get(name));
  }
}
