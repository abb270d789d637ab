import type { ModelPriceFields } from '../pricing/index.js';

/** Where a price comes from: what a channel's place answers, what another gateway or a file says, what an adapter has on record. */
export const priceSourceKinds = ['channel', 'gateway', 'list'] as const;
export type PriceSourceKind = (typeof priceSourceKinds)[number];

/** What one source says of one model. Only what it states is in `fields`: silence about the cache is no word about the cache. */
export interface PriceQuote {
  readonly model: string;
  readonly fields: ModelPriceFields;
  /** The day it was read by whoever made the list, where that is known. */
  readonly asOf?: string;
  /** The vendor's page, where that is known. */
  readonly page?: string;
}

/** A price that a source states but that nobody can mean. */
export interface RefusedQuote {
  readonly model: string;
  readonly problem: string;
}

export interface QuotedPrices {
  readonly quotes: readonly PriceQuote[];
  readonly refused: readonly RefusedQuote[];
}

/** One source as it was last asked. */
export interface PriceSourceReport extends QuotedPrices {
  /** `channel:main`, `list:Moon`, or the name of a configured source. */
  readonly source: string;
  readonly kind: PriceSourceKind;
  /** One that failed still has what it said when it was last read; one that was left out cannot be asked for prices at all. */
  readonly state: 'read' | 'failed' | 'left-out';
  readonly problem?: string;
}
