/** Points as text (`416.25`) in whole millipoints, for exact comparison. */
export function millipointsOf(points: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,3}))?$/.exec(points);
  if (match === null) throw new Error(`"${points}" is no amount of points.`);
  const [, sign, whole = '0', fraction = ''] = match;
  const amount = BigInt(whole) * 1_000n + BigInt(fraction.padEnd(3, '0'));
  return sign === '-' ? -amount : amount;
}
