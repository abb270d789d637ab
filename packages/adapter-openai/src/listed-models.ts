import type { DollarsPerMillion, PublishedPrice, UpstreamModel, UsageBucket } from '@tollgate/plugin-kit';
import { isObject } from './request-fields.js';

/** The names that places which carry prices in their list give to what a token costs. */
const bucketsOfNames: Readonly<Record<string, UsageBucket>> = {
  prompt: 'inputText',
  completion: 'outputText',
  input_cache_read: 'inputCacheRead',
  input_cache_write: 'inputCacheWrite5m',
  internal_reasoning: 'outputReasoning',
  audio: 'inputAudio',
};

/**
 * The models of a list in the vendor's form. Some places (OpenRouter, and resellers after it) add `pricing`, in US dollars per token, as
 * text: `{ "prompt": "0.00000125", "completion": "0.00001", "web_search": "0.01" }`.
 */
export function readListedModels(body: unknown): readonly UpstreamModel[] {
  const listed: unknown = isObject(body) ? body['data'] : undefined;
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((model: unknown) => {
    if (!isObject(model) || typeof model['id'] !== 'string') return [];
    const price = priceIn(model['pricing']);
    return [{ id: model['id'], ...(price === undefined ? {} : { price }) }];
  });
}

function priceIn(pricing: unknown): PublishedPrice | undefined {
  if (!isObject(pricing)) return undefined;
  const dollarsPerMillion: DollarsPerMillion = Object.fromEntries(
    Object.entries(bucketsOfNames).flatMap(([name, bucket]) => {
      const dollars = shifted(pricing[name], 6);
      // Zero means for some of these names that there is no such price.
      return dollars === undefined || (dollars === 0 && bucket !== 'inputText' && bucket !== 'outputText') ? [] : [[bucket, dollars]];
    }),
  );
  if (dollarsPerMillion.inputText === undefined) return undefined;
  const webSearch = shifted(pricing['web_search'], 3);
  return { dollarsPerMillion, ...(webSearch === undefined || webSearch === 0 ? {} : { dollarsPerThousandUses: { webSearch } }) };
}

/** A price as text, with its point moved: through text, since `0.0000011 * 1e6` is not 1.1. */
function shifted(price: unknown, digits: number): number | undefined {
  const match = typeof price === 'string' ? /^(\d{1,9})(?:\.(\d{1,18}))?$/.exec(price) : null;
  if (match === null) return undefined;
  const [, whole = '', fraction = ''] = match;
  const padded = fraction.padEnd(digits, '0');
  return Number(`${whole}${padded.slice(0, digits)}.${padded.slice(digits)}0`);
}
