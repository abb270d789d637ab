import type { UsageBucket } from './usage.js';

/** US dollars per million tokens, by what they are. A bucket that is left out costs what its nearest relative costs: reasoning as text. */
export type DollarsPerMillion = Readonly<Partial<Record<UsageBucket, number>>>;

/** What vendors charge by use rather than by token. */
export const toolFees = ['webSearch', 'webFetch', 'fileSearch', 'codeInterpreter'] as const;
export type ToolFee = (typeof toolFees)[number];

/**
 * A price as a vendor publishes it, in US dollars: for tokens, or for a call, a search, an image or a second. Numbers are what the page prints; they
 * are taken as decimal text, never computed with as floating point.
 */
export interface PublishedPrice {
  readonly dollarsPerMillion?: DollarsPerMillion;
  /** Prices of requests with more input than stated, for the whole request; by rising length. Needs `dollarsPerMillion`. */
  readonly longContext?: readonly { readonly inputTokensAbove: number; readonly dollarsPerMillion: DollarsPerMillion }[];
  /** Prices at certain hours of the day, `HH:MM` in UTC, the end excluded. Needs `dollarsPerMillion`. */
  readonly hours?: readonly { readonly from: string; readonly until: string; readonly dollarsPerMillion: DollarsPerMillion }[];
  readonly dollarsPerCall?: number;
  /** Of one search unit: reranking, one query with up to a hundred documents. */
  readonly dollarsPerSearch?: number;
  /** Of one image; an entry without size and quality holds for all others. */
  readonly dollarsPerImage?: readonly { readonly size?: string; readonly quality?: string; readonly dollars: number }[];
  /** Of one second of audio or video; an entry without a resolution holds for all others. */
  readonly dollarsPerSecond?: readonly { readonly resolution?: string; readonly dollars: number }[];
  /** Fees of the vendor's own tools beside the price, for a thousand uses. */
  readonly dollarsPerThousandUses?: Readonly<Partial<Record<ToolFee, number>>>;
}

/** A price that a vendor publishes for a model; offered to an operator, never applied by itself. */
export interface PriceHint extends PublishedPrice {
  readonly model: string;
  /** Other names under which the vendor sells the same at the same price: dated versions, moving names. */
  readonly alsoNamed?: readonly string[];
  /** Where it was read, if not on the list's page. */
  readonly source?: string;
  /** When it was read, if not on the list's day. */
  readonly asOf?: string;
}

/** The public prices of one vendor, as they were read on one day. */
export interface PriceList {
  /** Who sells at these prices. */
  readonly vendor: string;
  /** Host names at which these prices hold: for providers that reach many vendors. Left out, wherever the provider is. */
  readonly hosts?: readonly string[];
  /** The vendor's page. */
  readonly source: string;
  /** `2026-11-01` */
  readonly asOf: string;
  /**
   * Fees of the vendor's own tools for a thousand uses, where they are not the usual ones, by how the names of models begin. In force as long
   * as neither the operator's settings nor the price of a model say otherwise.
   */
  readonly toolFees?: readonly {
    readonly modelsFrom: string;
    readonly dollarsPerThousandUses: Readonly<Partial<Record<ToolFee, number>>>;
  }[];
  readonly models: readonly PriceHint[];
}
