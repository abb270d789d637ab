import type { JsonObject, Usage } from '@tollgate/plugin-kit';
import { emptyUsage, inputTokens, outputTokens } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someUsage } from '../testing/arbitraries.js';
import { chatUsage, readChatUsage, writeChatUsage } from './usage.js';

function read(usage: unknown): Partial<Usage> {
  const counted: Partial<Usage> = {};
  readChatUsage({ usage }, counted);
  return counted;
}

function withoutZeros(usage: Partial<Usage>): Partial<Usage> {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => Number(count) > 0));
}

/** A total as a vendor may state it, or anything else. */
const anyCount = fc.oneof(fc.nat({ max: 1_000_000 }), fc.constantFrom<unknown>(undefined, null, -5, 1.5, '7', Number.MAX_SAFE_INTEGER, {}));

describe('usage of a chat answer', () => {
  it('is looked for only in frames that state it, with and without a space', () => {
    const nominated = (frame: string): boolean => chatUsage.needles.some((needle) => frame.includes(needle));
    expect(nominated('{"usage":{"x":1}}')).toBe(true);
    expect(nominated('{"usage": {"x":1}}')).toBe(true);
    expect(nominated('{"usage":null}')).toBe(false);
    expect(nominated('{"text":"usage"}')).toBe(false);
    expect(chatUsage.needles.every((needle) => needle.includes('usage'))).toBe(true);
    expect(chatUsage.keep).toBe('last');
  });

  it('is found in each of the places where compatible servers keep it, the answer first', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 4 };
    const found = (json: unknown): Partial<Usage> => {
      const counted: Partial<Usage> = {};
      readChatUsage(json, counted);
      return withoutZeros(counted);
    };
    const other = { prompt_tokens: 90, completion_tokens: 90 };
    const counted = { inputText: 3, outputText: 4 };
    expect(found({ usage, x_groq: { usage: other } })).toEqual(counted);
    expect(found({ x_groq: { usage }, choices: [{ usage: other }] })).toEqual(counted);
    expect(found({ x_groq: { id: 'x' }, choices: [{ usage }, { usage: other }] })).toEqual(counted);
    for (const nothing of [null, 'usage', { usage: 1 }, { x_groq: 1 }, { choices: {} }, { choices: [null] }, { choices: [{ usage: 1 }] }])
      expect(found(nothing)).toEqual({});
  });

  it.each<[string, JsonObject, Partial<Usage>]>([
    ['plain totals', { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 }, { inputText: 3, outputText: 4 }],
    [
      'cached input inside the input',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 8 } },
      { inputText: 2, inputCacheRead: 8, outputText: 1 },
    ],
    [
      'written cache inside the input',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 5 } },
      { inputText: 2, inputCacheRead: 3, inputCacheWrite5m: 5, outputText: 1 },
    ],
    [
      'written cache by its other name',
      { prompt_tokens: 10, completion_tokens: 1, prompt_tokens_details: { cached_creation_tokens: 5 } },
      { inputText: 5, inputCacheWrite5m: 5, outputText: 1 },
    ],
    [
      'cache hits beside the details',
      { prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 6, prompt_cache_miss_tokens: 4 },
      { inputText: 4, inputCacheRead: 6, outputText: 1 },
    ],
    [
      'cached input without details',
      { prompt_tokens: 10, completion_tokens: 1, cached_tokens: 6 },
      { inputText: 4, inputCacheRead: 6, outputText: 1 },
    ],
    [
      'sound and pictures',
      {
        prompt_tokens: 10,
        completion_tokens: 9,
        prompt_tokens_details: { audio_tokens: 4, image_tokens: 5 },
        completion_tokens_details: { audio_tokens: 3, image_tokens: 2 },
      },
      { inputText: 1, inputAudio: 4, inputImage: 5, outputText: 4, outputAudio: 3, outputImage: 2 },
    ],
    [
      'reasoning inside the output',
      { prompt_tokens: 18, completion_tokens: 219, total_tokens: 237, completion_tokens_details: { reasoning_tokens: 205 } },
      { inputText: 18, outputText: 14, outputReasoning: 205 },
    ],
    [
      'reasoning beside the output, known by the total',
      { prompt_tokens: 307, completion_tokens: 26, total_tokens: 560, completion_tokens_details: { reasoning_tokens: 227 } },
      { inputText: 307, outputText: 26, outputReasoning: 227 },
    ],
    [
      'more reasoning than output',
      { prompt_tokens: 43, completion_tokens: 10, total_tokens: 53, completion_tokens_details: { reasoning_tokens: 11 } },
      { inputText: 43, outputReasoning: 10 },
    ],
    [
      'rejected predictions, which are output',
      { prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: { rejected_prediction_tokens: 4 } },
      { inputText: 1, outputText: 9 },
    ],
    ['input alone', { prompt_tokens: 3, total_tokens: 3 }, { inputText: 3 }],
  ])('is read: %s', (_name, stated, usage) => {
    expect(withoutZeros(read(stated))).toEqual(usage);
  });

  it('is nothing where nothing is stated', () => {
    for (const nothing of [undefined, null, {}, [], 7, { prompt_tokens: null, completion_tokens: '4' }]) expect(read(nothing)).toEqual({});
  });

  it('leaves buckets alone that a frame does not state', () => {
    const usage: Partial<Usage> = { outputText: 4 };
    readChatUsage({ usage: { prompt_tokens: 3 } }, usage);
    expect(usage).toMatchObject({ inputText: 3, outputText: 4 });
  });

  it('is not what a model writes', () => {
    const usage: Partial<Usage> = {};
    readChatUsage({ choices: [{ delta: { content: '{"usage":{"prompt_tokens":9}}', usage: { prompt_tokens: 9 } } }] }, usage);
    expect(usage).toEqual({});
  });

  it('sums to the totals that were stated, and is never negative, whatever the details say', () => {
    const details = fc.dictionary(
      fc.constantFrom('cached_tokens', 'cache_write_tokens', 'audio_tokens', 'image_tokens', 'reasoning_tokens'),
      anyCount,
    );
    const stated = fc.record({
      prompt_tokens: fc.nat({ max: 1_000_000 }),
      completion_tokens: fc.nat({ max: 1_000_000 }),
      prompt_tokens_details: details,
      completion_tokens_details: details,
      cached_tokens: anyCount,
      prompt_cache_hit_tokens: anyCount,
    });
    fc.assert(
      fc.property(stated, (given) => {
        const usage = { ...emptyUsage(), ...read({ ...given, total_tokens: given.prompt_tokens + given.completion_tokens }) };
        expect(Object.values(usage).every((count) => Number.isSafeInteger(count) && Number(count) >= 0)).toBe(true);
        expect(inputTokens(usage)).toBe(given.prompt_tokens);
        expect(outputTokens(usage)).toBe(given.completion_tokens);
      }),
      { numRuns: 500 },
    );
  });

  it('never counts more than the total where reasoning stands beside the output', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }), (input, output, reasoning) => {
        const total = input + output + reasoning;
        const usage = read({
          prompt_tokens: input,
          completion_tokens: output,
          total_tokens: total,
          completion_tokens_details: { reasoning_tokens: reasoning },
        });
        expect(inputTokens({ ...emptyUsage(), ...usage }) + outputTokens({ ...emptyUsage(), ...usage })).toBe(total);
        expect(usage.outputReasoning).toBe(reasoning);
      }),
    );
  });
});

describe('usage for a chat client', () => {
  it('comes back as it went out', () => {
    fc.assert(
      fc.property(someUsage, (usage) => {
        const written = writeChatUsage(usage);
        expect({ ...emptyUsage(), ...read(written) }).toEqual(usage);
        expect(written.total_tokens).toBe(written.prompt_tokens + written.completion_tokens);
      }),
    );
  });

  it('has every token of other dialects in its totals', () => {
    const usage = { ...emptyUsage(), inputText: 1, inputCacheWrite5m: 2, inputCacheWrite1h: 4, inputServerTool: 8, outputText: 16 };
    expect(writeChatUsage(usage)).toMatchObject({
      prompt_tokens: 15,
      completion_tokens: 16,
      total_tokens: 31,
      prompt_tokens_details: { cache_write_tokens: 6 },
    });
  });
});
