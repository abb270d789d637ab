import { emptyUsage, inputTokens, outputTokens, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { encodeUsage, geminiUsage } from './usage.js';

function read(usageMetadata: unknown): Partial<Usage> {
  const into: Partial<Usage> = {};
  geminiUsage.read({ usageMetadata }, into);
  return into;
}

describe('usage', () => {
  it('is looked for only in frames that state it, with and without a space', () => {
    const nominated = (frame: string): boolean => geminiUsage.needles.some((needle) => frame.includes(needle));
    expect(nominated('{"usageMetadata":{"x":1}}')).toBe(true);
    expect(nominated('{"usageMetadata": {"x":1}}')).toBe(true);
    expect(nominated('{"usageMetadata":null}')).toBe(false);
    expect(nominated('{"text":"usageMetadata"}')).toBe(false);
    expect(geminiUsage.needles.every((needle) => needle.includes('usageMetadata'))).toBe(true);
    expect(geminiUsage.keep).toBe('last');
  });

  it('reads what a frame says of the answer alone', () => {
    expect(read({ candidatesTokenCount: 7 })).toEqual({ outputReasoning: 0, outputAudio: 0, outputImage: 0, outputText: 7 });
    expect(read({ thoughtsTokenCount: 7 })).toEqual({});
  });

  it('never finds more of one kind than there is in all', () => {
    const details = [
      { modality: 'AUDIO', tokenCount: 60 },
      { modality: 'IMAGE', tokenCount: 70 },
    ];
    const usage = read({
      promptTokenCount: 100,
      candidatesTokenCount: 100,
      promptTokensDetails: details,
      candidatesTokensDetails: details,
    });
    expect(usage).toMatchObject({ inputAudio: 60, inputImage: 40, inputText: 0, outputAudio: 60, outputImage: 40, outputText: 0 });
  });

  it('passes over details that are none', () => {
    const details = [null, 'AUDIO', { modality: 'AUDIO', tokenCount: 3 }];
    expect(read({ promptTokenCount: 10, promptTokensDetails: details })).toMatchObject({ inputAudio: 3, inputText: 7 });
  });

  it('states every kind that there is, and only those', () => {
    const usage = { ...emptyUsage(), inputText: 10, inputCacheWrite5m: 20, inputCacheRead: 300, inputAudio: 4_000 };
    expect(encodeUsage(usage)).toEqual({
      promptTokenCount: 4_330,
      cachedContentTokenCount: 300,
      candidatesTokenCount: 0,
      totalTokenCount: 4_330,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 330 },
        { modality: 'AUDIO', tokenCount: 4_000 },
      ],
    });
  });

  it('takes cached input out of the prompt', () => {
    const usage = read({ promptTokenCount: 12_013, cachedContentTokenCount: 11_243, candidatesTokenCount: 15, thoughtsTokenCount: 73 });
    expect(usage).toMatchObject({ inputText: 770, inputCacheRead: 11_243, outputText: 15, outputReasoning: 73 });
  });

  it('counts the input of server tools apart from the prompt', () => {
    const usage = read({
      promptTokenCount: 21,
      candidatesTokenCount: 126,
      totalTokenCount: 485,
      toolUsePromptTokenCount: 243,
      thoughtsTokenCount: 95,
    });
    expect(usage).toMatchObject({ inputText: 21, inputServerTool: 243, outputText: 126, outputReasoning: 95 });
    expect(inputTokens({ ...emptyUsage(), ...usage }) + outputTokens({ ...emptyUsage(), ...usage })).toBe(485);
  });

  it('takes missing candidates from the total', () => {
    expect(read({ promptTokenCount: 10, thoughtsTokenCount: 5, toolUsePromptTokenCount: 2, totalTokenCount: 20 }).outputText).toBe(3);
    expect(read({ promptTokenCount: 38, totalTokenCount: 106, thoughtsTokenCount: 68 }).outputText).toBe(0);
  });

  it('sorts both sides by modality, video with images', () => {
    const usage = read({
      promptTokenCount: 100,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 10 },
        { modality: 'AUDIO', tokenCount: 30 },
        { modality: 'IMAGE', tokenCount: 40 },
        { modality: 'VIDEO', tokenCount: 20 },
      ],
      candidatesTokenCount: 1_307,
      candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1_290 }],
    });
    expect(usage).toMatchObject({ inputText: 10, inputAudio: 30, inputImage: 60, outputText: 17, outputImage: 1_290 });
  });

  it('takes cached audio and images out of their buckets', () => {
    const usage = read({
      promptTokenCount: 100,
      cachedContentTokenCount: 50,
      promptTokensDetails: [{ modality: 'IMAGE', tokenCount: 60 }],
      cacheTokensDetails: [{ modality: 'IMAGE', tokenCount: 50 }],
    });
    expect(usage).toMatchObject({ inputText: 40, inputImage: 10, inputCacheRead: 50 });
  });

  it('never bills more input than the prompt had, where the cached kind is not stated', () => {
    const usage = read({
      promptTokenCount: 100,
      cachedContentTokenCount: 50,
      promptTokensDetails: [{ modality: 'IMAGE', tokenCount: 90 }],
    });
    expect(usage).toMatchObject({ inputText: 0, inputImage: 50, inputCacheRead: 50 });
  });

  it('is not stated by a frame without counts', () => {
    expect(read({ trafficType: 'ON_DEMAND' })).toEqual({});
    expect(read(null)).toEqual({});
  });

  it('is nominated by its needles in compact and in pretty-printed frames', () => {
    const frame = { usageMetadata: { promptTokenCount: 1 } };
    for (const text of [JSON.stringify(frame), JSON.stringify(frame, null, 2)])
      expect(geminiUsage.needles.some((needle) => text.includes(needle))).toBe(true);
  });

  it('states totals as this dialect counts them', () => {
    const usage = {
      ...emptyUsage(),
      inputText: 10,
      inputCacheRead: 5,
      inputCacheWrite1h: 2,
      inputServerTool: 4,
      outputText: 7,
      outputReasoning: 3,
    };
    expect(encodeUsage(usage)).toEqual({
      promptTokenCount: 17,
      cachedContentTokenCount: 5,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 3,
      toolUsePromptTokenCount: 4,
      totalTokenCount: 31,
    });
  });

  it('is read back as it was written', () => {
    const usage = {
      ...emptyUsage(),
      inputText: 10,
      inputCacheRead: 5,
      inputAudio: 6,
      inputImage: 7,
      outputText: 1,
      outputAudio: 2,
      outputImage: 3,
    };
    expect(read(encodeUsage(usage))).toEqual({ ...read({ promptTokenCount: 0 }), ...onlyRead(usage) });
  });
});

/** Cache writes have no field in this dialect. */
function onlyRead(usage: Usage): Partial<Usage> {
  const { inputCacheWrite5m: _five, inputCacheWrite1h: _hour, ...rest } = usage;
  return rest;
}
