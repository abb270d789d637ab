import type { Decimal } from './rate.js';

/** A decimal number as `coefficient / 10^digits`, exactly. */
export interface ScaledDecimal {
  readonly coefficient: bigint;
  readonly digits: number;
}

const wholeDigitsMax = 12;
const fractionDigitsMax = 18;

/**
 * A number or text as an operator wrote it → decimal text in one spelling: `0.075`, never `7.5e-2` or `0.0750`. A number becomes the
 * shortest text that means it, so that 0.075 stays 0.075.
 * @throws RangeError if it is negative, no number, or longer than any price needs.
 */
export function decimalOf(value: number | string): Decimal {
  const match = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(String(value).trim());
  if (match === null) throw new RangeError(`"${value}" is not a decimal number of zero or more.`);
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (Math.abs(shift) > fractionDigitsMax) throw new RangeError(`"${value}" is out of range.`);
  const integer = (point > 0 ? digits.slice(0, point).padEnd(point, '0') : '').replace(/^0+/, '');
  const rest = (point >= 0 ? digits.slice(point) : '0'.repeat(-point) + digits).replace(/0+$/, '');
  if (integer.length > wholeDigitsMax || rest.length > fractionDigitsMax) throw new RangeError(`"${value}" is out of range.`);
  return `${integer === '' ? '0' : integer}${rest === '' ? '' : `.${rest}`}`;
}

/** @throws RangeError as {@link decimalOf} does. */
export function scaledDecimal(text: Decimal): ScaledDecimal {
  const [whole = '0', fraction = ''] = decimalOf(text).split('.');
  return { coefficient: BigInt(whole + fraction), digits: fraction.length };
}

export function multiply(...factors: readonly ScaledDecimal[]): ScaledDecimal {
  return {
    coefficient: factors.reduce((product, factor) => product * factor.coefficient, 1n),
    digits: factors.reduce((sum, factor) => sum + factor.digits, 0),
  };
}

/** The coefficient that the number has when it is written with `digits` decimals. */
export function coefficientAt(number: ScaledDecimal, digits: number): bigint {
  return number.coefficient * 10n ** BigInt(digits - number.digits);
}
