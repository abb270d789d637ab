import type { RequestCounter, ToolFee, UsageBucket } from '@tollgate/plugin-kit';

/** Decimal text such as `0.075`: ratios are stored and computed exactly, never as floating point. */
export type Decimal = string;

/** What tokens cost, relative to each other. Model ratio 1 means 2 US dollars per million input tokens. */
export interface TokenRatios {
  readonly modelRatio: Decimal;
  /** Output relative to input. */
  readonly completionRatio: Decimal;
  readonly cacheReadRatio: Decimal;
  readonly cacheWrite5mRatio: Decimal;
  readonly cacheWrite1hRatio: Decimal;
  readonly imageRatio: Decimal;
  /** Image output relative to input. */
  readonly imageCompletionRatio: Decimal;
  readonly audioRatio: Decimal;
  /** Audio output relative to audio input. */
  readonly audioCompletionRatio: Decimal;
}

/** Ratios of calls with more input than stated, for the whole call. */
export interface PriceTier extends TokenRatios {
  readonly inputTokensAbove: number;
}

/** US dollars for one image; what is left out holds for every size or quality that no other entry names. */
export interface ImagePrice {
  readonly size?: string | undefined;
  readonly quality?: string | undefined;
  readonly price: Decimal;
}

/** US dollars for one second of audio or video; without a resolution, for every one that no other entry names. */
export interface SecondPrice {
  readonly resolution?: string;
  readonly price: Decimal;
}

/** US dollars for a thousand uses of a vendor's own tool; images that a tool makes are priced one by one. */
export type ToolFees = Readonly<Partial<Record<ToolFee, Decimal>>>;

/** Hours at which the price is another. */
export interface PriceWindow {
  /** IANA name, such as `Asia/Shanghai`. */
  readonly timeZone: string;
  /** 1 = Monday … 7 = Sunday; left out, every day. The day is that on which the window begins. */
  readonly days?: readonly number[];
  /** `HH:MM`; a window that ends before it begins reaches into the next day. */
  readonly from: string;
  readonly until: string;
  /** Multiplies the price; tool fees stay. */
  readonly factor: Decimal;
}

interface PriceExtras {
  readonly toolFees?: ToolFees;
  /** Images made by a tool, beside the tokens. */
  readonly toolImages?: readonly ImagePrice[];
  /** The first that holds at the start of a call counts. */
  readonly windows?: readonly PriceWindow[];
}

/** What an operator sets for a model. */
export type ModelPrice = PriceExtras &
  (
    | ({ readonly by: 'tokens' /** By rising length. */; readonly tiers?: readonly PriceTier[] } & TokenRatios)
    | {
        readonly by: 'call';
        /** US dollars. */
        readonly pricePerCall: Decimal;
        /** Ratios were given beside it: the price per call wins. */
        readonly conflict?: true;
      }
    | {
        readonly by: 'search';
        /** US dollars for one search unit. */
        readonly pricePerSearch: Decimal;
      }
    | { readonly by: 'image'; readonly images: readonly ImagePrice[] }
    | { readonly by: 'second'; readonly seconds: readonly SecondPrice[] }
  );

/** Who set a price: a preset gives way to everything, a price set by hand gives way to nothing. */
export const priceSources = ['preset', 'synced', 'manual'] as const;
export type PriceSource = (typeof priceSources)[number];

/** Which rule gave a group ratio, in the order in which they are asked. */
export type GroupRatioSource = 'user' | 'user-group' | 'group' | 'default';

/**
 * The multipliers in force for one call: frozen when the call is quoted, kept with its hold and written into its receipt, so that a price
 * change in between cannot mix two prices.
 */
export interface Rate extends FrozenRate {
  /** Millipoints per token as scaled integers, `coefficient / scale`, group ratio included. All zero for prices that are not by tokens. */
  readonly coefficients: Coefficients;
  /** For calls with more input, by rising length; undefined where length does not matter. */
  readonly tiers: readonly { readonly inputTokensAbove: number; readonly coefficients: Coefficients }[] | undefined;
  /** Millipoints of the call itself, scaled alike. */
  readonly callCoefficient: bigint;
  /** Millipoints of one search unit, scaled alike. */
  readonly searchCoefficient: bigint;
  /** Millipoints of one use, scaled alike; undefined where no tool costs anything. */
  readonly fees: readonly { readonly counter: RequestCounter; readonly coefficient: bigint }[] | undefined;
  /** Millipoints of one image, scaled alike, the most precise first; undefined where images cost nothing of their own. */
  readonly images:
    | readonly { readonly size?: string | undefined; readonly quality?: string | undefined; readonly coefficient: bigint }[]
    | undefined;
  /** Millipoints of one millisecond, scaled alike, the most precise first. */
  readonly milliseconds: readonly { readonly resolution?: string; readonly coefficient: bigint }[] | undefined;
  readonly scale: bigint;
}

export type Coefficients = Readonly<Record<UsageBucket, bigint>>;

/** The part of a rate that is stored: everything else follows from it. */
export interface FrozenRate {
  readonly model: string;
  /** The group that the call was routed and priced in. */
  readonly group: string;
  readonly groupRatio: Decimal;
  readonly groupRatioSource: GroupRatioSource;
  /** The price in force, without the windows that were not. */
  readonly price: ModelPrice;
  /** `default`: the model has no price and unpriced models are charged at the default ratio. */
  readonly priceSource: PriceSource | 'default';
  /** The window in force; its factor is not in `price`. */
  readonly window?: PriceWindow;
}
