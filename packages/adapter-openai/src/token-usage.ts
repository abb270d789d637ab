import { tokenCount, type Usage } from '@tollgate/plugin-kit';
import { isObject } from './request-fields.js';

/** Totals and their parts as the vendor states them: the parts are inside the totals. */
export interface StatedUsage {
  readonly input: unknown;
  readonly cacheRead: unknown;
  readonly inputDetails: unknown;
  readonly output: unknown;
  readonly outputDetails: unknown;
  readonly total: unknown;
}

/** Splits each total into disjoint buckets; parts that exceed their total are cut, so that the buckets never sum to more. */
export function readStatedUsage(stated: StatedUsage, into: Partial<Usage>): void {
  if (typeof stated.input === 'number') readInput(stated, into);
  if (typeof stated.output === 'number') readOutput(stated, into);
}

function readInput(stated: StatedUsage, into: Partial<Usage>): void {
  const details = isObject(stated.inputDetails) ? stated.inputDetails : {};
  let rest = tokenCount(stated.input);
  const take = (count: unknown): number => {
    const taken = Math.min(tokenCount(count), rest);
    rest -= taken;
    return taken;
  };
  into.inputCacheRead = take(details['cached_tokens'] ?? stated.cacheRead);
  into.inputCacheWrite5m = take(details['cache_write_tokens'] ?? details['cached_creation_tokens']);
  into.inputAudio = take(details['audio_tokens']);
  into.inputImage = take(details['image_tokens']);
  into.inputText = rest;
}

function readOutput(stated: StatedUsage, into: Partial<Usage>): void {
  const details = isObject(stated.outputDetails) ? stated.outputDetails : {};
  const reasoning = tokenCount(details['reasoning_tokens']);
  const output = tokenCount(stated.output);
  // Some vendors count reasoning beside the output figure; their total gives them away.
  const isBeside = reasoning > 0 && tokenCount(stated.input) + output + reasoning === tokenCount(stated.total);
  let rest = isBeside ? output + reasoning : output;
  const take = (count: number): number => {
    const taken = Math.min(count, rest);
    rest -= taken;
    return taken;
  };
  into.outputReasoning = take(reasoning);
  into.outputAudio = take(tokenCount(details['audio_tokens']));
  into.outputImage = take(tokenCount(details['image_tokens']));
  into.outputText = rest;
}
