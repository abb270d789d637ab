import { tokenCount, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import { type Millipoints, millipoints, millipointsMax } from '../../foundation/millipoints.js';
import type { Rate } from './rate.js';

/** What a call costs: rounded once, half up; a price that is not zero never rounds to zero, and none exceeds {@link millipointsMax}. */
export function costOf(rate: Rate, usage: Usage): Millipoints {
  return rounded(scaledCostOf(rate, usage), rate.scale);
}

/** The same before rounding, in millipoints: `numerator / denominator`. */
export function exactCostOf(rate: Rate, usage: Usage): { readonly numerator: bigint; readonly denominator: bigint } {
  return { numerator: scaledCostOf(rate, usage), denominator: rate.scale };
}

function scaledCostOf(rate: Rate, usage: Usage): bigint {
  let scaled = rate.callCoefficient;
  for (const bucket of usageBuckets) {
    const count = tokenCount(usage[bucket]);
    if (count > 0) scaled += BigInt(count) * rate.coefficients[bucket];
  }
  return scaled;
}

/**
 * What a call may cost, for its hold: all input as text, all output as text. Never below (input + output) × model ratio × group ratio, the
 * documented pre-consumption, even where output is cheaper than input.
 */
export function estimateOf(rate: Rate, tokens: { readonly inputTokens: number; readonly outputTokens: number }): Millipoints {
  const { inputText, outputText } = rate.coefficients;
  const output = outputText > inputText ? outputText : inputText;
  const scaled = BigInt(tokenCount(tokens.inputTokens)) * inputText + BigInt(tokenCount(tokens.outputTokens)) * output;
  return rounded(rate.callCoefficient + scaled, rate.scale);
}

function rounded(scaled: bigint, scale: bigint): Millipoints {
  const amount = (2n * scaled + scale) / (2n * scale);
  if (amount >= millipointsMax) return millipointsMax;
  return millipoints(amount === 0n && scaled > 0n ? 1n : amount);
}
