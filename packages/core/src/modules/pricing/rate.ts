import type { UsageBucket } from '@tollgate/plugin-kit';

/** Decimal text such as `0.075`: ratios are stored and computed exactly, never as floating point. */
export type Decimal = string;

/** What an operator sets for a model. Ratios of 1 mean 2 US dollars per million input tokens. */
export type ModelPrice =
  | {
      readonly by: 'tokens';
      readonly modelRatio: Decimal;
      /** Output relative to input. */
      readonly completionRatio: Decimal;
      readonly cacheReadRatio: Decimal;
      readonly cacheWrite5mRatio: Decimal;
      readonly cacheWrite1hRatio: Decimal;
      readonly imageRatio: Decimal;
      readonly audioRatio: Decimal;
      /** Audio output relative to audio input. */
      readonly audioCompletionRatio: Decimal;
    }
  | { readonly by: 'call' /** US dollars. */; readonly pricePerCall: Decimal };

/**
 * The multipliers in force for one call: frozen when the call is quoted, kept with its hold and written into its receipt, so that a price
 * change in between cannot mix two prices.
 */
export interface Rate {
  readonly model: string;
  readonly group: string;
  readonly groupRatio: Decimal;
  readonly price: ModelPrice;
  /** Millipoints per token as scaled integers, `coefficient / scale`, group ratio included. Zero coefficients everywhere for prices per call. */
  readonly coefficients: Readonly<Record<UsageBucket, bigint>>;
  /** Millipoints of the call itself, as a scaled integer: zero for prices by tokens. */
  readonly callCoefficient: bigint;
  readonly scale: bigint;
}

/** The part of a rate that is stored: everything else follows from it. */
export type FrozenRate = Pick<Rate, 'model' | 'group' | 'groupRatio' | 'price'>;
