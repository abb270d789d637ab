import { type JsonObject, objectIn, remainder, tokenCount, type Usage, type UsageReader } from '@tollgate/plugin-kit';

/**
 * A whole answer has `usage`, a stream has it in the delta of its last event. `billed_units` is what is paid for; `tokens` counts what Cohere
 * puts around a prompt besides (API reference, "Chat API (v2)", `usage`; https://docs.cohere.com/v2/reference/chat).
 */
export const usageReader: UsageReader = {
  needles: ['"usage":{', '"usage": {'],
  keep: 'last',
  read(json, into) {
    const stated = statedUsage(json);
    if (stated !== undefined) readUsage(stated, into);
  },
  stated: statedUsage,
};

function statedUsage(json: unknown): JsonObject | undefined {
  const document = objectIn(json);
  return objectIn(document?.['usage']) ?? objectIn(objectIn(document?.['delta'])?.['usage']);
}

function readUsage({ billed_units: billed, tokens, cached_tokens: cached }: JsonObject, into: Partial<Usage>): void {
  const counts = objectIn(billed) ?? objectIn(tokens);
  if (counts === undefined) return;
  const input = tokenCount(counts['input_tokens']);
  // What came from the cache may be part of what is not billed at all.
  const read = Math.min(tokenCount(cached), input);
  into.inputText = remainder(input, read);
  into.inputCacheRead = read;
  into.outputText = tokenCount(counts['output_tokens']);
}
