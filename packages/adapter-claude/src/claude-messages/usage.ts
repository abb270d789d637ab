import { outputTokens, remainder, tokenCount, type Usage, type UsageReader } from '@tollgate/plugin-kit';
import { isObject, objectsIn, type WireUsage } from './wire.js';

/**
 * `message_start` states usage inside its message, `message_delta` beside it, and each figure of the later one replaces that of the earlier.
 * `into` must be the running usage of the call: a later total without its split is divided by what earlier frames said.
 */
export const usageReader: UsageReader = {
  needles: ['"usage":{', '"usage": {'],
  keep: 'each',
  read(json, into) {
    const stated = statedUsage(json);
    if (stated !== undefined) readUsage(stated, into);
  },
  stated: statedUsage,
};

function statedUsage(json: unknown): Record<string, unknown> | undefined {
  if (!isObject(json)) return undefined;
  const stated = json.usage ?? (isObject(json.message) ? json.message.usage : undefined);
  return isObject(stated) ? stated : undefined;
}

/** Adds to `into` what one `usage` object states; figures that it leaves out or gives as null stay as they are. */
export function readUsage(stated: Record<string, unknown>, into: Partial<Usage>): void {
  const whole = withCompaction(stated);
  if (whole.input !== undefined) into.inputText = whole.input;
  if (whole.cacheRead !== undefined) into.inputCacheRead = whole.cacheRead;
  readCacheWrites(stated, whole.cacheWrite, into);
  readRequests(stated.server_tool_use, into);
  if (whole.output === undefined) return;
  const details = isObject(stated.output_tokens_details) ? stated.output_tokens_details : undefined;
  const reasoning = details === undefined ? into.outputReasoning : tokenCount(details.thinking_tokens);
  into.outputText = remainder(whole.output, reasoning ?? 0);
  if (reasoning !== undefined) into.outputReasoning = Math.min(reasoning, whole.output);
}

interface Figures {
  input: number | undefined;
  cacheRead: number | undefined;
  cacheWrite: number | undefined;
  output: number | undefined;
}

function figuresIn(usage: Record<string, unknown>): Figures {
  return {
    input: statedCount(usage.input_tokens),
    cacheRead: statedCount(usage.cache_read_input_tokens),
    cacheWrite: statedCount(usage.cache_creation_input_tokens),
    output: statedCount(usage.output_tokens),
  };
}

/** The vendor bills compaction steps but leaves them out of the figures at the top. */
function withCompaction(usage: Record<string, unknown>): Figures {
  const whole = figuresIn(usage);
  if (usage.iterations === undefined) return whole;
  for (const iteration of objectsIn(usage.iterations)) {
    if (iteration.type !== 'compaction') continue;
    const part = figuresIn(iteration);
    for (const name of ['input', 'cacheRead', 'cacheWrite', 'output'] as const) {
      const tokens = part[name];
      if (tokens !== undefined) whole[name] = (whole[name] ?? 0) + tokens;
    }
  }
  return whole;
}

function readCacheWrites(stated: Record<string, unknown>, total: number | undefined, into: Partial<Usage>): void {
  if (isObject(stated.cache_creation)) {
    const forOneHour = tokenCount(stated.cache_creation.ephemeral_1h_input_tokens);
    const forFiveMinutes = tokenCount(stated.cache_creation.ephemeral_5m_input_tokens);
    into.inputCacheWrite1h = forOneHour;
    into.inputCacheWrite5m = total === undefined ? forFiveMinutes : Math.max(forFiveMinutes, remainder(total, forOneHour));
    return;
  }
  if (total === undefined) return;
  // Later frames repeat the total without the split: what is new has the lifetime that the call has used so far.
  const onlyOneHour = (into.inputCacheWrite1h ?? 0) > 0 && (into.inputCacheWrite5m ?? 0) === 0;
  if (onlyOneHour) into.inputCacheWrite1h = total;
  else {
    into.inputCacheWrite5m = remainder(total, into.inputCacheWrite1h ?? 0);
    if (into.inputCacheWrite1h !== undefined) into.inputCacheWrite1h = Math.min(into.inputCacheWrite1h, total);
  }
}

/** Searches and fetches are priced by the request. */
function readRequests(stated: unknown, into: Partial<Usage>): void {
  if (!isObject(stated)) return;
  const searches = tokenCount(stated.web_search_requests);
  const fetches = tokenCount(stated.web_fetch_requests);
  if (searches > 0) into.webSearches = searches;
  if (fetches > 0) into.webFetches = fetches;
}

function statedCount(value: unknown): number | undefined {
  return typeof value === 'number' ? tokenCount(value) : undefined;
}

/** The vendor counts cached input apart from `input_tokens` and reasoning inside `output_tokens`. */
export function encodeUsage(usage: Usage): WireUsage {
  const cacheWrites = usage.inputCacheWrite5m + usage.inputCacheWrite1h;
  return {
    input_tokens: usage.inputText + usage.inputAudio + usage.inputImage + usage.inputServerTool,
    cache_creation_input_tokens: cacheWrites,
    cache_read_input_tokens: usage.inputCacheRead,
    cache_creation: { ephemeral_5m_input_tokens: usage.inputCacheWrite5m, ephemeral_1h_input_tokens: usage.inputCacheWrite1h },
    output_tokens: outputTokens(usage),
    ...(usage.webSearches === undefined && usage.webFetches === undefined
      ? {}
      : { server_tool_use: { web_search_requests: usage.webSearches ?? 0, web_fetch_requests: usage.webFetches ?? 0 } }),
    ...(usage.outputReasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.outputReasoning } } : {}),
  };
}
