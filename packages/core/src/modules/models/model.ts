import type { ModelPrice, PriceSource } from '../pricing/index.js';
import type { SettlementRules } from '../settlement/index.js';

/** A model that the gateway knows a price or facts of. */
export interface Model {
  readonly id: string;
  readonly name: string;
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
