import { type JsonObject, objectIn, tokenCount, type Usage, type UsageReader } from '@tollgate/plugin-kit';

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

/** Each figure as it is billed, else as it is counted. What came from the cache is billed like all of the prompt. */
function readUsage({ billed_units: billed, tokens }: JsonObject, into: Partial<Usage>): void {
  const [input, output] = ['input_tokens', 'output_tokens'].map((name) => objectIn(billed)?.[name] ?? objectIn(tokens)?.[name]);
  if (input !== undefined) into.inputText = tokenCount(input);
  if (output !== undefined) into.outputText = tokenCount(output);
}
