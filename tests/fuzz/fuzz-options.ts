import type * as fc from 'fast-check';

const seconds = Number(process.env['TOLLGATE_FUZZ_SECONDS'] ?? 0);
const givenSeed = process.env['TOLLGATE_FUZZ_SEED'];

/** Any number would do; it makes every run of `npm test` the same. */
const everyDaySeed = 20_261_125;

/**
 * How long a property is tried. In `npm test`: so many cases, the same ones each time. In `npm run fuzz`: others, as many as the seconds
 * allow. A failure prints its seed, which `npm run fuzz -- --seed` takes.
 */
export function fuzzOptions(runs: number): fc.Parameters<unknown> {
  if (seconds === 0) return { numRuns: runs, seed: everyDaySeed };
  return {
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: seconds * 1_000,
    ...(givenSeed === undefined ? {} : { seed: Number(givenSeed) }),
  };
}
