import { inputTokens, outputTokens, type Usage, type UsageReader } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { readStatedUsage } from '../token-usage.js';
import { readToolUses } from './tool-uses.js';
import type { UsageObject } from './wire.js';

/** Usage stands in the answer, which the last event of a stream repeats whole. */
export const responsesUsage: UsageReader = {
  needles: ['"usage":{', '"usage": {'],
  keep: 'last',
  read: readResponsesUsage,
  stated: statedUsage,
};

function statedUsage(json: unknown): object | undefined {
  if (!isObject(json)) return undefined;
  const { usage } = isObject(json['response']) ? json['response'] : json;
  return isObject(usage) ? usage : undefined;
}

/** Reads a whole answer, or an event that carries one: its tokens, and what it used of the vendor's tools. */
export function readResponsesUsage(json: unknown, into: Partial<Usage>): void {
  if (!isObject(json)) return;
  const answer = isObject(json['response']) ? json['response'] : json;
  if (!isObject(answer['usage'])) return;
  readToolUses(answer['output'], into);
  readResponsesTokens(answer, into);
}

/** The tokens alone, of an answer whose items may be those of earlier ones, which are paid for already. */
export function readResponsesTokens(answer: unknown, into: Partial<Usage>): void {
  if (!isObject(answer) || !isObject(answer['usage'])) return;
  const { usage } = answer;
  readStatedUsage(
    {
      input: usage['input_tokens'],
      cacheRead: undefined,
      inputDetails: usage['input_tokens_details'],
      output: usage['output_tokens'],
      outputDetails: usage['output_tokens_details'],
      total: usage['total_tokens'],
    },
    into,
  );
}

/** Usage as clients expect it: totals that contain their details. */
export function writeResponsesUsage(usage: Usage): UsageObject {
  const input = inputTokens(usage);
  const output = outputTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: usage.inputCacheRead,
      cache_write_tokens: usage.inputCacheWrite5m + usage.inputCacheWrite1h,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.outputReasoning },
    total_tokens: input + output,
  };
}
