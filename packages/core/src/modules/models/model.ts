import type { ModelPrice, PriceSource } from '../pricing/index.js';
import type { SettlementRules } from '../settlement/index.js';

export const modelTypes = ['chat', 'embedding', 'image', 'audio', 'video', 'rerank'] as const;
export type ModelType = (typeof modelTypes)[number];

/** What people want to know of a model before they ask it. Calls go by none of it. */
export interface ModelFacts {
  /** Name of the vendor that makes it. */
  readonly vendor?: string;
  readonly type?: ModelType;
  /** A name of an icon, or its address. */
  readonly icon?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  /** What it can do, such as `tools` or `vision`. */
  readonly capabilities?: readonly string[];
  /** Input and output together. */
  readonly contextTokensMax?: number;
  /** Ids of the dialects by which it can be asked. */
  readonly endpoints?: readonly string[];
}

/** A model that the gateway knows a price or facts of, or many of them: its name may be a pattern, see {@link matchOf}. */
export interface Model extends ModelFacts {
  readonly id: string;
  readonly name: string;
  /** One that is switched off is neither listed nor served. Undefined = the entry does not say: what others say counts. */
  readonly enabled?: boolean;
  /** Undefined = the entry says none. */
  readonly price?: ModelPrice;
  /** Who set the price; stated where there is one. */
  readonly priceSource?: PriceSource;
  /** The most output tokens the model can produce, where known: bounds the hold. */
  readonly outputTokensMax?: number;
  /** Rules of its own for how calls are settled; the others are the settings'. */
  readonly settlement?: Partial<SettlementRules>;
  readonly createdAt: number;
}

/** What all entries together say of one name. */
export interface EffectiveModel extends Model {
  readonly enabled: boolean;
  /** Name of the entry that says whether it is enabled; undefined where none does, and it is. */
  readonly enabledBy?: string;
  /** Name of the entry whose price is in force; stated where there is one. */
  readonly pricedBy?: string;
}

/** True for a price that a person has set. */
export function isPricedByHand({ price, priceSource = 'manual' }: Pick<Model, 'price' | 'priceSource'>): boolean {
  return price !== undefined && priceSource === 'manual';
}
