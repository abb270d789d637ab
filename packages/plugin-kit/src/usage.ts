/**
 * What one call used, in disjoint counters: no bucket contains another, so their sum is the bill and nothing can be billed twice.
 * Vendors disagree about what contains what (cached input inside or outside the input figure, reasoning inside or outside the output
 * figure); only the adapter knows, so the adapter fills the buckets. All counts are tokens, unless stated
 * otherwise, and never negative.
 */
export interface TokenUsage {
  inputText: number;
  /** Input served from the vendor's prompt cache. */
  inputCacheRead: number;
  /** Input written to the vendor's prompt cache for five minutes, or with no stated lifetime. */
  inputCacheWrite5m: number;
  /** Input written to the vendor's prompt cache for one hour. */
  inputCacheWrite1h: number;
  inputAudio: number;
  inputImage: number;
  /** Input that the vendor's own server tools added to the prompt (search results and the like). */
  inputServerTool: number;
  outputText: number;
  /** Reasoning output, where the vendor states it apart; vendors that do not have it inside `outputText`. */
  outputReasoning: number;
  outputAudio: number;
  outputImage: number;
}

export type UsageBucket = keyof TokenUsage;

/**
 * What is counted in uses instead of tokens, as the vendor states it and never what a request merely allows: uses of the vendor's own tools, and
 * the search units by which reranking is sold (one query with up to a hundred documents).
 */
export const requestCounters = ['webSearches', 'webFetches', 'fileSearches', 'codeInterpreterSessions', 'searchUnits'] as const;
export type RequestCounter = (typeof requestCounters)[number];

/** Images that were made, of one size and quality as the vendor names them. */
export interface ImageCount {
  readonly count: number;
  readonly size?: string;
  readonly quality?: string;
}

/** Tokens, and what has a price beside them; left out, there was none of it. */
export interface Usage extends TokenUsage, Partial<Record<RequestCounter, number>> {
  images?: readonly ImageCount[];
  /** Audio or video that was made or read. */
  media?: { readonly seconds: number; readonly resolution?: string };
}

/** Every bucket once, input before output: the order in which receipts list them. */
export const usageBuckets = [
  'inputText',
  'inputCacheRead',
  'inputCacheWrite5m',
  'inputCacheWrite1h',
  'inputAudio',
  'inputImage',
  'inputServerTool',
  'outputText',
  'outputReasoning',
  'outputAudio',
  'outputImage',
] as const satisfies readonly UsageBucket[];

/** A usage of zeros, to be filled. */
export function emptyUsage(): Usage {
  return {
    inputText: 0,
    inputCacheRead: 0,
    inputCacheWrite5m: 0,
    inputCacheWrite1h: 0,
    inputAudio: 0,
    inputImage: 0,
    inputServerTool: 0,
    outputText: 0,
    outputReasoning: 0,
    outputAudio: 0,
    outputImage: 0,
  };
}

/** Tokens of the whole input, whatever they cost. */
export function inputTokens(usage: Usage): number {
  return (
    usage.inputText +
    usage.inputCacheRead +
    usage.inputCacheWrite5m +
    usage.inputCacheWrite1h +
    usage.inputAudio +
    usage.inputImage +
    usage.inputServerTool
  );
}

/** Tokens of the whole output, reasoning included. */
export function outputTokens(usage: Usage): number {
  return usage.outputText + usage.outputReasoning + usage.outputAudio + usage.outputImage;
}

/** More than any call can use, and so little that sums of a few stay exact. */
const tokenCountMax = 1e12;

/** A count as a vendor wrote it, made safe: anything that is not a positive finite number is 0, fractions are cut, absurd ones bounded. */
export function tokenCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.min(Math.floor(value), tokenCountMax) : 0;
}

/** `whole` without `parts`, never below zero: for vendors whose totals contain the parts. */
export function remainder(whole: number, ...parts: readonly number[]): number {
  return Math.max(
    0,
    parts.reduce((rest, part) => rest - part, whole),
  );
}
