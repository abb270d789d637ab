import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { readResponsesUsage, responsesUsage, writeResponsesUsage } from './usage.js';

function read(json: unknown): Partial<Usage> {
  const usage: Partial<Usage> = {};
  readResponsesUsage(json, usage);
  return usage;
}

const stated = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 40, cache_write_tokens: 10 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 20 },
  total_tokens: 130,
};
const counted = { inputText: 50, inputCacheRead: 40, inputCacheWrite5m: 10, outputText: 10, outputReasoning: 20 };

describe('usage of a response', () => {
  it('is looked for only in frames that state it, with and without a space', () => {
    const nominated = (frame: string): boolean => responsesUsage.needles.some((needle) => frame.includes(needle));
    expect(nominated('{"usage":{"x":1}}')).toBe(true);
    expect(nominated('{"usage": {"x":1}}')).toBe(true);
    expect(nominated('{"usage":null}')).toBe(false);
    expect(nominated('{"text":"usage"}')).toBe(false);
    expect(responsesUsage.needles.every((needle) => needle.includes('usage'))).toBe(true);
    expect(responsesUsage.keep).toBe('last');
  });

  it('is written with both kinds of written cache in one figure', () => {
    const usage = { ...emptyUsage(), inputText: 1, inputCacheWrite5m: 20, inputCacheWrite1h: 300 };
    expect(writeResponsesUsage(usage).input_tokens_details.cache_write_tokens).toBe(320);
  });

  it('takes reasoning for a part of the output unless the total says that it is beside it', () => {
    const details = { output_tokens: 30, output_tokens_details: { reasoning_tokens: 20 } };
    expect(read({ usage: { input_tokens: 100, ...details, total_tokens: 130 } })).toMatchObject({ outputText: 10, outputReasoning: 20 });
    expect(read({ usage: { input_tokens: 100, ...details, total_tokens: 150 } })).toMatchObject({ outputText: 30, outputReasoning: 20 });
  });

  it('is read into parts that do not overlap, from an answer or from the event that has one', () => {
    expect(read({ usage: stated })).toMatchObject(counted);
    expect(read({ type: 'response.completed', response: { usage: stated } })).toMatchObject(counted);
  });

  it('is nothing where none is stated', () => {
    for (const nothing of [null, 'x', {}, { usage: null }, { response: { usage: null } }, { response: {}, usage: stated }])
      expect(read(nothing)).toEqual({});
  });

  it('is written as totals that contain their parts', () => {
    expect(writeResponsesUsage({ ...emptyUsage(), ...counted })).toEqual(stated);
    expect(read({ usage: writeResponsesUsage({ ...emptyUsage(), ...counted, inputAudio: 3, outputImage: 4 }) })).toMatchObject({
      ...counted,
      inputText: 53,
      outputText: 14,
    });
  });
});
