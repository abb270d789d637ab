import { compileRate } from './compile-rate.js';
import { decimalOf } from './decimal.js';
import { modelPriceOf } from './model-price.js';
import { windowAt } from './price-window.js';
import { NoPriceError } from './pricing-errors.js';
import type { Decimal, GroupRatioSource, ImagePrice, ModelPrice, PriceSource, PriceWindow, Rate } from './rate.js';
import { feesFor } from './tool-fees.js';

/** What a price book asks of its surroundings, each time anew. */
export interface PriceBookSources {
  /** What the group costs: its ratio for users of that group, else its own; undefined for a group that states none. */
  groupRatioOf(group: string, userGroup: string): { readonly ratio: Decimal; readonly source: 'user-group' | 'group' } | undefined;
  /** The pricing settings in force. */
  settings(): {
    readonly mode: 'commercial' | 'self-use';
    readonly defaultModelRatio: Decimal;
    readonly defaultGroupRatio: Decimal;
    readonly toolFees: Readonly<Record<string, Decimal>>;
    readonly toolImages: readonly ImagePrice[];
  };
}

export interface PricedModel {
  readonly price?: ModelPrice;
  readonly priceSource?: PriceSource;
}

export interface PricedCaller {
  /** The group that the call is routed in. */
  readonly group: string;
  /** The group of the user, where the call is routed in another. */
  readonly userGroup?: string;
  /** A ratio of the user alone. */
  readonly userRatio?: string;
}

/** Enough for every (model, group) pair of a large installation; a bound against callers who invent model names. */
const cachedRatesMax = 20_000;
const minuteMs = 60_000;

interface KnownRate {
  readonly rate: Rate;
  /** As it was read for the rate: a call that began before the models were read anew brings the old one, and must not leave its rate behind. */
  readonly model: PricedModel | undefined;
  /** Of a price with windows: the minute that the rate is known to hold in. */
  readonly minute: number | undefined;
}

/** The rates in force. Keeps compiled rates until {@link PriceBook.clear}. */
export class PriceBook {
  readonly #sources: PriceBookSources;
  readonly #rates = new Map<string, KnownRate>();

  constructor(sources: PriceBookSources) {
    this.#sources = sources;
  }

  /**
   * The rate of a call that begins at `now`: the user's own ratio before that of the group for users of theirs, before the group's, before
   * the default. `model` is undefined for a name that nobody configured.
   * @throws NoPriceError unless unpriced models are charged at the default ratio.
   */
  rateFor(model: PricedModel | undefined, modelName: string, caller: PricedCaller, now: number): Rate {
    const key = `${caller.userRatio ?? ''}\n${caller.userGroup ?? ''}\n${caller.group}\n${modelName}`;
    const known = this.#rates.get(key);
    const minute = Math.floor(now / minuteMs);
    if (known !== undefined && known.model === model && (known.minute === undefined || known.minute === minute)) return known.rate;
    const rate = this.#rate(model, modelName, caller, now);
    if (this.#rates.size >= cachedRatesMax) this.#rates.clear();
    this.#rates.set(key, { rate, model, minute: model?.price?.windows === undefined ? undefined : minute });
    return rate;
  }

  /** Forgets every rate: to be called whenever models, groups or pricing settings were reloaded. */
  clear(): void {
    this.#rates.clear();
  }

  #rate(model: PricedModel | undefined, modelName: string, caller: PricedCaller, now: number): Rate {
    const settings = this.#sources.settings();
    const set = model?.price ?? (settings.mode === 'self-use' ? modelPriceOf({ modelRatio: settings.defaultModelRatio }) : undefined);
    if (set === undefined) throw new NoPriceError(modelName);
    const { windows, ...price } = set;
    const window = windows === undefined ? undefined : windowAt(windows, now);
    const toolFees = { ...feesFor(modelName, settings.toolFees), ...price.toolFees };
    const toolImages = price.by === 'image' ? [] : (price.toolImages ?? settings.toolImages);
    const { ratio, source } = this.#groupRatio(caller);
    return compileRate({
      model: modelName,
      group: caller.group,
      groupRatio: ratio,
      groupRatioSource: source,
      price: { ...price, toolFees, ...(toolImages.length === 0 ? {} : { toolImages }) },
      priceSource: model?.price === undefined ? 'default' : (model.priceSource ?? 'manual'),
      ...(window === undefined ? {} : { window: window satisfies PriceWindow }),
    });
  }

  #groupRatio({ userRatio, group, userGroup }: PricedCaller): { readonly ratio: Decimal; readonly source: GroupRatioSource } {
    if (userRatio !== undefined) return { ratio: decimalOf(userRatio), source: 'user' };
    const stated = this.#sources.groupRatioOf(group, userGroup ?? group);
    return stated ?? { ratio: decimalOf(this.#sources.settings().defaultGroupRatio), source: 'default' };
  }
}
