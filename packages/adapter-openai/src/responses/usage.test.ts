import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { readResponsesUsage, writeResponsesUsage } from './usage.js';

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
