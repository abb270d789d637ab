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
  /** One that is switched off is neither listed nor served. */
  readonly enabled: boolean;
  /** Undefined = not priced yet. */
  readonly price?: ModelPrice;
  /** Who set the price; stated where there is one. */
  readonly priceSource?: PriceSource;
  /** The most output tokens the model can produce, where known: bounds the hold. */
  readonly outputTokensMax?: number;
  /** Rules of its own for how calls are settled; the others are the settings'. */
  readonly settlement?: Partial<SettlementRules>;
  readonly createdAt: number;
}
