import { decimalOf, multiply, scaledDecimal } from './decimal.js';
import { product } from './model-price.js';
import type { Decimal } from './rate.js';

/** A model ratio of 1 is 2 US dollars per million input tokens. */
const dollarsPerRatio = '2';
/** More digits than any price has. */
const quotientDigits = 15;

/** US dollars per million tokens at a model ratio: two views of one number. */
export function dollarsPerMillionOf(modelRatio: Decimal): Decimal {
  return product(modelRatio, dollarsPerRatio);
}

/** The model ratio of a price in US dollars per million tokens. */
export function modelRatioOf(dollarsPerMillion: Decimal): Decimal {
  return product(dollarsPerMillion, '0.5');
}

/**
 * Of two prices in the same unit, such as output relative to input. Where it has no end it is rounded up, so that a cost computed with it is
 * never below the exact one, and, rounded half up to whole millipoints, the same for every call there can be.
 * @throws RangeError if only the second is zero
 */
export function relativeRatio(price: Decimal, base: Decimal): Decimal {
  const [numerator, denominator] = [scaledDecimal(price), scaledDecimal(base)];
  if (denominator.coefficient === 0n) {
    if (numerator.coefficient === 0n) return '1';
    throw new RangeError('A price relative to nothing has no ratio: the input is free, this is not.');
  }
  const scaled = multiply(numerator, { coefficient: 10n ** BigInt(quotientDigits + denominator.digits), digits: 0 });
  const divisor = denominator.coefficient * 10n ** BigInt(scaled.digits);
  const quotient = (scaled.coefficient + divisor - 1n) / divisor;
  const text = String(quotient).padStart(quotientDigits + 1, '0');
  return decimalOf(`${text.slice(0, -quotientDigits)}.${text.slice(-quotientDigits)}`);
}

/** A token price as the three fields that people edit: the output ratio is that of the input times the completion ratio. */
export interface RatioView {
  readonly inputRatio: Decimal;
  readonly outputRatio: Decimal;
  readonly completionRatio: Decimal;
}

export function ratioViewOf({
  modelRatio,
  completionRatio,
}: {
  readonly modelRatio: Decimal;
  readonly completionRatio: Decimal;
}): RatioView {
  return { inputRatio: modelRatio, outputRatio: product(modelRatio, completionRatio), completionRatio };
}
