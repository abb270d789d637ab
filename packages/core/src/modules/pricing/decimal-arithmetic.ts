import { multiply, scaledDecimal } from './decimal.js';
import type { ScaledDecimal } from './decimal.js';
import type { Decimal } from './rate.js';

const quotientDigitsMax = 12;

/**
 * Exact where it has an end within twelve decimals; else rounded up in the twelfth. A cost computed with it is never below the exact one,
 * and above it by less than half a millipoint for calls of up to ten million tokens at up to 100 dollars per million.
 * @throws RangeError if the divisor is zero
 */
export function quotient(dividend: Decimal, divisor: Decimal): Decimal {
  const above = scaledDecimal(dividend);
  const below = scaledDecimal(divisor);
  if (below.coefficient === 0n) throw new RangeError('A price cannot be stated relative to zero.');
  const numerator = above.coefficient * 10n ** BigInt(below.digits + quotientDigitsMax);
  const denominator = below.coefficient * 10n ** BigInt(above.digits);
  return textOf({ coefficient: (numerator + denominator - 1n) / denominator, digits: quotientDigitsMax });
}

/** The product of the factors, rounded half up to so many decimals: for showing and comparing. @throws RangeError as `decimalOf` does. */
export function roundedProduct(decimals: number, ...factors: readonly Decimal[]): Decimal {
  const exact = multiply(...factors.map(scaledDecimal));
  if (exact.digits <= decimals) return textOf(exact);
  const divisor = 10n ** BigInt(exact.digits - decimals);
  return textOf({ coefficient: (exact.coefficient + divisor / 2n) / divisor, digits: decimals });
}

function textOf({ coefficient, digits }: ScaledDecimal): Decimal {
  const text = String(coefficient).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '');
}
