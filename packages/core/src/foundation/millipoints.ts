declare const unit: unique symbol;

/** An amount of money: 1 point = 1,000 millipoints, 1 US dollar = 500,000 points. An integer, in code and in the database. */
export type Millipoints = bigint & { readonly [unit]: 'millipoints' };

export const millipointsPerPoint = 1_000n;
export const pointsPerDollar = 500_000n;

export function millipoints(amount: bigint): Millipoints {
  return amount as Millipoints;
}

/**
 * The largest amount of one booking: 2 billion dollars. What an upstream claims to have used can be anything; a cost that no 64-bit column
 * holds could never be settled.
 */
export const millipointsMax = millipoints(10n ** 18n);

export const noMillipoints = millipoints(0n);

/**
 * Points as people write them: a number or text with at most three decimals.
 * @throws RangeError if it has more decimals or is no number.
 */
export function millipointsFromPoints(points: number | string): Millipoints {
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(String(points));
  if (match === null) throw new RangeError(`"${points}" is not an amount of points: use a plain number with at most three decimals.`);
  const [, sign, whole = '0', fraction = ''] = match;
  const amount = BigInt(whole) * millipointsPerPoint + BigInt(fraction.padEnd(3, '0'));
  return millipoints(sign === '-' ? -amount : amount);
}

/** Points as API and console show them: `416.25`, `30000`. */
export function pointsText(amount: bigint): string {
  const sign = amount < 0n ? '-' : '';
  const absolute = amount < 0n ? -amount : amount;
  const fraction = String(absolute % millipointsPerPoint)
    .padStart(3, '0')
    .replace(/0+$/, '');
  return `${sign}${absolute / millipointsPerPoint}${fraction === '' ? '' : `.${fraction}`}`;
}
