import { compileRate } from './compile-rate.js';
import { decimalOf } from './decimal.js';
import { modelPriceOf } from './model-price.js';
import { NoPriceError } from './pricing-errors.js';
import type { Decimal, ModelPrice, Rate } from './rate.js';

/** What a price book asks of its surroundings, each time anew. */
export interface PriceBookSources {
  /** Undefined for a group that states no ratio. */
  groupRatioOf(group: string): Decimal | undefined;
  /** The pricing settings in force. */
  settings(): { readonly mode: 'commercial' | 'self-use'; readonly defaultModelRatio: Decimal; readonly defaultGroupRatio: Decimal };
}

/** Enough for every (model, group) pair of a large installation; a bound against callers who invent model names. */
const cachedRatesMax = 20_000;

/** The rates in force. Keeps compiled rates until {@link PriceBook.clear}. */
export class PriceBook {
  readonly #sources: PriceBookSources;
  readonly #rates = new Map<string, Rate>();

  constructor(sources: PriceBookSources) {
    this.#sources = sources;
  }

  /**
   * The rate of a call: the user's own ratio before the group's before the default. `model` is undefined for a name that nobody configured.
   * @throws NoPriceError unless unpriced models are charged at the default ratio.
   */
  rateFor(
    model: { readonly price?: ModelPrice } | undefined,
    modelName: string,
    caller: { readonly group: string; readonly userRatio?: string },
  ): Rate {
    const key = `${caller.userRatio ?? ''}\n${caller.group}\n${modelName}`;
    const known = this.#rates.get(key);
    if (known !== undefined) return known;
    const settings = this.#sources.settings();
    const price = model?.price ?? (settings.mode === 'self-use' ? modelPriceOf({ modelRatio: settings.defaultModelRatio }) : undefined);
    if (price === undefined) throw new NoPriceError(modelName);
    const groupRatio = decimalOf(caller.userRatio ?? this.#sources.groupRatioOf(caller.group) ?? settings.defaultGroupRatio);
    const rate = compileRate({ model: modelName, group: caller.group, groupRatio, price });
    if (this.#rates.size >= cachedRatesMax) this.#rates.clear();
    this.#rates.set(key, rate);
    return rate;
  }

  /** Forgets every rate: to be called whenever models, groups or pricing settings were reloaded. */
  clear(): void {
    this.#rates.clear();
  }
}
