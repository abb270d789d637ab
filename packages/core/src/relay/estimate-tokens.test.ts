import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateBodyTokens, estimateTextTokens } from './estimate-tokens.js';

const image = Buffer.alloc(30_000, 7).toString('base64');

/** Any UTF-16, halves of pairs included. */
const anyText = fc.array(fc.nat(0xff_ff)).map((units) => String.fromCharCode(...units));

describe('the estimate of a text', () => {
  it('is a whole number that never shrinks as text is added', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, more) => {
        const tokens = estimateTextTokens(text);
        return Number.isSafeInteger(tokens) && tokens >= 0 && estimateTextTokens(text + more) >= tokens;
      }),
    );
  });
});

describe('the estimate of a body', () => {
  it('counts inline media as one medium each', () => {
    for (const part of [{ url: `data:image/png;base64,${image}` }, { source: { data: image } }, { input_audio: { data: image } }])
      expect(estimateBodyTokens(part)).toBeLessThan(1_010);
  });

  it('counts a text that begins like base64 as text', () => {
    const text = `${'A'.repeat(1_000)} ${'word '.repeat(100_000)}`;
    for (const body of [{ content: text }, { anything: text }]) expect(estimateBodyTokens(body)).toBeGreaterThan(100_000);
  });

  it('counts a text in wide characters that begins like base64 as text', () => {
    expect(estimateBodyTokens({ anything: 'A'.repeat(1_000) + '字'.repeat(100_000) })).toBeGreaterThan(100_000);
  });

  it('counts one long word as text where a dialect has text', () => {
    const word = 'a'.repeat(400_000);
    for (const body of [{ content: word }, { input: [word] }, { parts: [{ text: word }] }])
      expect(estimateBodyTokens(body)).toBeGreaterThanOrEqual(100_000);
  });

  it('takes any depth of nesting', () => {
    const depth = 200_000;
    const body: unknown = JSON.parse('[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth));
    expect(estimateBodyTokens(body)).toBe(depth * 3 + 1);
  });

  it('is a safe number for whatever JSON comes', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (body) => (Number.isSafeInteger(estimateBodyTokens(body)) && estimateBodyTokens(body) > 0) || body === '',
      ),
    );
  });
});
