import { multiply, scaledDecimal } from './decimal.js';
import type { Decimal } from './rate.js';

/** The product of the factors, rounded half up to so many decimals: for showing and comparing. @throws RangeError as `decimalOf` does. */
export function roundedProduct(decimals: number, ...factors: readonly Decimal[]): Decimal {
  const exact = multiply(...factors.map(scaledDecimal));
  const surplus = exact.digits - decimals;
  const divisor = 10n ** BigInt(Math.max(0, surplus));
  const coefficient = (exact.coefficient + divisor / 2n) / divisor;
  const digits = Math.min(decimals, exact.digits);
  const text = String(coefficient).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`.replace(/\.?0+$/, '');
}
