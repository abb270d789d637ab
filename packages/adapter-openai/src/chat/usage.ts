import { inputTokens, outputTokens, type Usage, type UsageReader } from '@tollgate/plugin-kit';
import type { CompletionUsage } from 'openai/resources/completions';
import { isObject } from '../request-fields.js';
import { readStatedUsage } from '../token-usage.js';

/** Each frame that has usage has all of it; vendors that repeat it mean the newest. */
export const chatUsage: UsageReader = { needles: ['"usage":{', '"usage": {'], keep: 'last', read: readChatUsage, stated: findUsage };

/** Reads a chunk or a whole answer, also where compatible servers keep their figures: under `x_groq` or beside the choice. */
export function readChatUsage(json: unknown, into: Partial<Usage>): void {
  const usage = findUsage(json);
  if (usage === undefined) return;
  if (alwaysSearches(json)) into.webSearches = 1;
  readStatedUsage(
    {
      input: usage['prompt_tokens'],
      cacheRead: usage['prompt_cache_hit_tokens'] ?? usage['cached_tokens'],
      inputDetails: usage['prompt_tokens_details'],
      output: usage['completion_tokens'],
      outputDetails: usage['completion_tokens_details'],
      total: usage['total_tokens'],
    },
    into,
  );
}

/** Models that search the web once for every answer, without saying so. Source: the vendor's price page, "search preview" models. */
export function alwaysSearches(json: unknown): boolean {
  return isObject(json) && typeof json['model'] === 'string' && json['model'].includes('-search-preview');
}

function findUsage(json: unknown): Record<string, unknown> | undefined {
  if (!isObject(json)) return undefined;
  if (isObject(json['usage'])) return json['usage'];
  const extra = json['x_groq'];
  if (isObject(extra) && isObject(extra['usage'])) return extra['usage'];
  const choices = json['choices'];
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isObject(choice) && isObject(choice['usage']) ? choice['usage'] : undefined;
}

/** Usage as chat clients expect it: totals that contain their details. */
export function writeChatUsage(usage: Usage): CompletionUsage {
  const prompt = inputTokens(usage);
  const completion = outputTokens(usage);
  const cacheWrite = usage.inputCacheWrite5m + usage.inputCacheWrite1h;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.inputCacheRead,
      audio_tokens: usage.inputAudio,
      ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}),
      ...(usage.inputImage > 0 ? { image_tokens: usage.inputImage } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: usage.outputReasoning,
      audio_tokens: usage.outputAudio,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
      ...(usage.outputImage > 0 ? { image_tokens: usage.outputImage } : {}),
    },
  };
}
