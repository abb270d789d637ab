import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeUsage, readUsage, usageReader } from './usage.js';

function read(...frames: readonly object[]): Partial<Usage> {
  const usage: Partial<Usage> = {};
  for (const frame of frames) usageReader.read(frame, usage);
  return usage;
}

describe('usageReader', () => {
  it('looks only into frames that state usage, with and without a space', () => {
    const nominated = (frame: string): boolean => usageReader.needles.some((needle) => frame.includes(needle));
    expect(nominated('{"usage":{"x":1}}')).toBe(true);
    expect(nominated('{"usage": {"x":1}}')).toBe(true);
    expect(nominated('{"usage":null}')).toBe(false);
    expect(nominated('{"text":"usage"}')).toBe(false);
    expect(usageReader.needles.every((needle) => needle.includes('usage'))).toBe(true);
    expect(usageReader.keep).toBe('each');
  });

  it('finds usage in both events that carry it, with and without a space', () => {
    for (const frame of [
      '{"type":"message_start","message":{"usage":{"input_tokens":1}}}',
      '{"type": "message_delta", "usage": {"output_tokens": 2}}',
    ])
      expect(usageReader.needles.some((needle) => frame.includes(needle))).toBe(true);
  });

  it('takes later figures instead of earlier ones, field by field', () => {
    const start = { input_tokens: 2, cache_creation_input_tokens: 3068, cache_read_input_tokens: 0, output_tokens: 69 };
    const delta = { input_tokens: 6, cache_creation_input_tokens: 3337, cache_read_input_tokens: 6289, output_tokens: 198 };
    expect(read({ message: { usage: start } }, { usage: delta })).toEqual({
      inputText: 6,
      inputCacheWrite5m: 3337,
      inputCacheRead: 6289,
      outputText: 198,
    });
  });

  it('keeps figures that a later event leaves out or gives as null', () => {
    const start = { input_tokens: 17, cache_read_input_tokens: 5, output_tokens: 1 };
    expect(read({ message: { usage: start } }, { usage: { output_tokens: 227, input_tokens: null } })).toEqual({
      inputText: 17,
      inputCacheRead: 5,
      outputText: 227,
    });
  });

  it('does not count cache writes twice when the total comes again without its split', () => {
    const start = {
      cache_creation_input_tokens: 100,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 100 },
    };
    expect(read({ message: { usage: start } }, { usage: { cache_creation_input_tokens: 100 } })).toMatchObject({
      inputCacheWrite5m: 0,
      inputCacheWrite1h: 100,
    });
    expect(read({ message: { usage: start } }, { usage: { cache_creation_input_tokens: 130 } })).toMatchObject({
      inputCacheWrite5m: 0,
      inputCacheWrite1h: 130,
    });
    const mixed = { cache_creation: { ephemeral_5m_input_tokens: 40, ephemeral_1h_input_tokens: 60 } };
    expect(read({ message: { usage: mixed } }, { usage: { cache_creation_input_tokens: 110 } })).toMatchObject({
      inputCacheWrite5m: 50,
      inputCacheWrite1h: 60,
    });
  });

  it('takes reasoning out of the output', () => {
    expect(read({ usage: { output_tokens: 1699, output_tokens_details: { thinking_tokens: 139 } } })).toEqual({
      outputText: 1560,
      outputReasoning: 139,
    });
    const first = { usage: { output_tokens: 10, output_tokens_details: { thinking_tokens: 4 } } };
    expect(read(first, { usage: { output_tokens: 20 } })).toEqual({ outputText: 16, outputReasoning: 4 });
  });

  it('adds the steps of compaction, which the figures at the top leave out', () => {
    const iterations = [
      { type: 'compaction', input_tokens: 60_385, output_tokens: 592 },
      { type: 'message', input_tokens: 682, output_tokens: 1320 },
    ];
    expect(read({ usage: { input_tokens: 682, output_tokens: 1320, iterations } })).toEqual({ inputText: 61_067, outputText: 1912 });
  });

  it('cannot be forged by what a model writes', () => {
    expect(read({ delta: { text: '"usage":{"output_tokens":1}', usage: { output_tokens: 1 } } })).toEqual({});
  });

  it('survives nonsense', () => {
    expect(read({ usage: 'much' }, { usage: [] }, { message: null })).toEqual({});
    expect(read({ usage: { input_tokens: -5, output_tokens: 1.5, cache_creation: { ephemeral_1h_input_tokens: 'x' } } })).toEqual({
      inputText: 0,
      outputText: 1,
      inputCacheWrite5m: 0,
      inputCacheWrite1h: 0,
    });
  });
});

describe('encodeUsage', () => {
  it('puts all uncached input together and cached input apart', () => {
    const usage = {
      ...emptyUsage(),
      inputText: 1,
      inputAudio: 2,
      inputImage: 3,
      inputServerTool: 4,
      inputCacheRead: 5,
      inputCacheWrite5m: 6,
    };
    expect(encodeUsage({ ...usage, inputCacheWrite1h: 7, outputText: 8, outputReasoning: 9, outputAudio: 1, outputImage: 2 })).toEqual({
      input_tokens: 10,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 13,
      cache_creation: { ephemeral_5m_input_tokens: 6, ephemeral_1h_input_tokens: 7 },
      output_tokens: 20,
      output_tokens_details: { thinking_tokens: 9 },
    });
  });

  it('loses no token on the way there and back', () => {
    const count = fc.nat({ max: 1_000_000 });
    fc.assert(
      fc.property(count, count, count, count, count, (inputText, inputCacheWrite5m, inputCacheWrite1h, outputText, outputReasoning) => {
        const usage = { ...emptyUsage(), inputText, inputCacheWrite5m, inputCacheWrite1h, outputText, outputReasoning };
        const back = emptyUsage();
        readUsage({ ...encodeUsage(usage) }, back);
        expect(back).toEqual(usage);
      }),
    );
  });
});
