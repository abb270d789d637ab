import { type JsonObject, objectIn, objectsIn, remainder, tokenCount, type Usage, type UsageReader } from '@tollgate/plugin-kit';

/** Input counts without what the cache has read and written (user guide, "Prompt caching"). A stream states all of it at its end. */
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
  return objectIn(objectIn(json)?.['usage']);
}

function readUsage(stated: JsonObject, into: Partial<Usage>): void {
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens, cacheDetails } = stated;
  into.inputText = tokenCount(inputTokens);
  into.outputText = tokenCount(outputTokens);
  if (cacheReadInputTokens !== undefined) into.inputCacheRead = tokenCount(cacheReadInputTokens);
  if (cacheWriteInputTokens === undefined) return;
  const written = tokenCount(cacheWriteInputTokens);
  const longLived = objectsIn(cacheDetails)
    .filter(({ ttl }) => ttl === '1h')
    .reduce((sum, { inputTokens: tokens }) => sum + tokenCount(tokens), 0);
  into.inputCacheWrite1h = Math.min(longLived, written);
  into.inputCacheWrite5m = remainder(written, longLived);
}
