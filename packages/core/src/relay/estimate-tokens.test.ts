import * as fc from 'fast-check';
import { type ImageFacts, usualCharacterWeights } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { estimateBodyTokens, WeighedBody, weighBody } from './estimate-tokens.js';
import { scaleOf, usualScale } from './token-families.js';

const image = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\xdc\0\0\x02\xbc', 'latin1'), Buffer.alloc(30_000, 7)]);
const png = image.toString('base64');

/** Says which facts it was told, in a number. */
const pixels = ({ width = 10, height = 10, detail }: ImageFacts): number => (detail === 'low' ? 7 : width * height);
const scale = scaleOf({
  id: 'told',
  models: [],
  weights: usualCharacterWeights,
  field: 0,
  unseen: { call: 100, tools: 1_000 },
  media: { image: pixels, audioPerSecond: 10, videoPerSecond: 100, documentPerPage: 1_000 },
});
const unseen = 101;
const tokensOf = (body: unknown): number => estimateBodyTokens(body, scale) - unseen;

describe('the estimate of a body', () => {
  it.each([
    { image_url: { url: `data:image/png;base64,${png}` } },
    { image_url: `data:image/png;base64,${png}` },
    { source: { data: png } },
    { inlineData: { mimeType: 'image/png', data: png } },
  ])('weighs an inline image by the size that its bytes state', (part) => {
    expect(tokensOf({ parts: [part] })).toBeGreaterThanOrEqual(1_500 * 700);
    expect(tokensOf({ parts: [part] })).toBeLessThan(1_500 * 700 + 10);
  });

  it('takes the detail that is asked for', () => {
    expect(tokensOf({ parts: [{ image_url: { url: `data:image/png;base64,${png}`, detail: 'low' } }] })).toBeLessThan(10);
    expect(tokensOf({ parts: [{ image_url: 'https://pictures.example/a.png', detail: 'low' }] })).toBeLessThan(10);
  });

  it.each([
    { part: { image_url: { url: 'https://pictures.example/a' } }, least: 100 },
    { part: { source: { url: 'https://pictures.example/a' } }, least: 100 },
    { part: { fileData: { fileUri: 'gs://bucket/a', mimeType: 'video/mp4' } }, least: 6_000 },
    { part: { file_url: 'https://papers.example/a' }, least: 4_000 },
  ])('weighs a medium behind an address without fetching it: $part', ({ part, least }) => {
    expect(tokensOf({ parts: [part] })).toBeGreaterThanOrEqual(least);
    expect(tokensOf({ parts: [part] })).toBeLessThan(least + 10);
  });

  it('takes an address that is only talked about as text', () => {
    expect(tokensOf({ parts: [{ text: 'https://pictures.example/a' }, { url: 'https://pictures.example/a' }] })).toBeLessThan(40);
  });

  it('weighs a recording by the length that its bytes tell, and a document by its size', () => {
    const wave = Buffer.alloc(320_044);
    wave.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
    wave.writeUInt32LE(32_000, 28);
    expect(tokensOf({ input_audio: { data: wave.toString('base64') } })).toBe(101);
    const document = Buffer.alloc(120_000);
    document.write('%PDF-1.7', 'latin1');
    expect(tokensOf({ file: { file_data: `data:application/pdf;base64,${document.toString('base64')}` } })).toBe(3_000);
  });

  it('weighs sealed thinking, which looks like a medium, by its length', () => {
    const sealed = Buffer.alloc(6_000, 0x41).toString('base64');
    expect(tokensOf({ parts: [{ signature: sealed }] })).toBe(1_000);
  });

  it('adds what the vendor adds unseen, to calls with tools more', () => {
    expect(estimateBodyTokens({ prompt: '' }, scale)).toBe(unseen);
    expect(estimateBodyTokens({ prompt: '', tools: [] }, scale)).toBe(unseen);
    expect(estimateBodyTokens({ prompt: '', tools: [{}] }, scale)).toBe(unseen + 1_000);
  });

  it('does not count settings of the request', () => {
    const settings = {
      model: 'a-long-name',
      stream: true,
      temperature: 0.5,
      metadata: { note: 'for nobody to read' },
      tool_choice: 'auto',
    };
    expect(estimateBodyTokens({ prompt: 'Hello', ...settings }, usualScale)).toBe(estimateBodyTokens({ prompt: 'Hello' }, usualScale));
  });

  it('counts a text that begins like base64 as text', () => {
    const text = `${'A'.repeat(1_000)} ${'word '.repeat(100_000)}`;
    for (const body of [{ content: text }, { anything: text }]) expect(tokensOf(body)).toBeGreaterThan(100_000);
  });

  it('counts a text in wide characters that begins like base64 as text', () => {
    expect(tokensOf({ anything: 'A'.repeat(1_000) + '字'.repeat(100_000) })).toBeGreaterThan(60_000);
  });

  it('counts one long word as text where a dialect has text', () => {
    const word = 'a'.repeat(400_000);
    for (const body of [{ content: word }, { input: [word] }, { parts: [{ text: word }] }]) expect(tokensOf(body)).toBeGreaterThan(40_000);
  });

  it('takes any depth of nesting', () => {
    const depth = 200_000;
    const body: unknown = JSON.parse('[{"a":'.repeat(depth) + '1' + '}]'.repeat(depth));
    expect(estimateBodyTokens(body, { ...usualScale, field: 1 })).toBe(depth * 2 + 1);
  });

  it('is a safe number for whatever JSON comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const tokens = estimateBodyTokens(body, usualScale);
        return Number.isSafeInteger(tokens) && tokens > 0;
      }),
    );
  });
});

describe('the kinds of a body', () => {
  const wave = Buffer.alloc(320_044);
  wave.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
  wave.writeUInt32LE(32_000, 28);
  const document = Buffer.alloc(120_000);
  document.write('%PDF-1.7', 'latin1');

  it.each<[string, object, { readonly audio: number; readonly image: number }]>([
    ['a text', { text: 'Only words.' }, { audio: 0, image: 0 }],
    ['sealed thinking', { signature: Buffer.alloc(6_000, 0x41).toString('base64') }, { audio: 0, image: 0 }],
    ['a picture', { source: { data: png } }, { audio: 0, image: 1_050_000 }],
    ['a picture behind an address', { image_url: { url: 'https://pictures.example/a' } }, { audio: 0, image: 100 }],
    ['a recording', { input_audio: { data: wave.toString('base64') } }, { audio: 101, image: 0 }],
    ['a recording that does not say so', { input_audio: { data: Buffer.alloc(80_000, 7).toString('base64') } }, { audio: 101, image: 0 }],
    ['a recording behind an address', { fileData: { fileUri: 'gs://a/b', mimeType: 'audio/mp3' } }, { audio: 600, image: 0 }],
    ['a document, whose pages are looked at', { file_data: document.toString('base64') }, { audio: 0, image: 3_000 }],
    ['a film, with its sound', { fileData: { fileUri: 'gs://a/b', mimeType: 'video/mp4' } }, { audio: 600, image: 5_400 }],
  ])('are told apart: %s', (_, part, kinds) => {
    expect(weighBody({ parts: [part] }, scale)).toMatchObject({ ...kinds, unknown: 0 });
    expect(weighBody({ parts: [part] }, scale).tokens).toBeGreaterThanOrEqual(unseen + kinds.audio + kinds.image);
  });

  it('say for how long the body asks to be cached, wherever it asks', () => {
    const cacheOf = (body: object) => weighBody(body, scale).cacheWrite;
    const mark = { type: 'ephemeral' };
    const long = { ...mark, ttl: '1h' };
    expect(cacheOf({ system: [{ text: 'cache_control' }] })).toBeUndefined();
    expect(cacheOf({ cache_control: mark })).toBe('5m');
    expect(cacheOf({ system: [{ text: 'Long.', cache_control: mark }] })).toBe('5m');
    expect(cacheOf({ messages: [{ content: [{ text: 'Long.', prompt_cache_breakpoint: { mode: 'explicit' } }] }] })).toBe('5m');
    expect(cacheOf({ tools: [{ cache_control: long }], system: [{ cache_control: mark }] })).toBe('1h');
    expect(cacheOf({ system: [{ cache_control: { ...mark, ttl: '5m' } }] })).toBe('5m');
  });

  it('say so, too, where the vendor caches unasked', () => {
    expect(weighBody({ prompt: 'Hello' }, { ...scale, writesCacheUnasked: true }).cacheWrite).toBe('5m');
  });
});

describe('a weighed body', () => {
  it('is walked once for all who ask by the same scale, and again for another', () => {
    const body = { messages: [{ role: 'user', content: 'Long, in most cases.' }] };
    const walked: string[] = [];
    const counting = (name: string, tokens: number): typeof scale => ({ ...scale, tokensIn: () => (walked.push(name), tokens) });
    const [light, heavy] = [counting('light', 1), counting('heavy', 5)];
    const weighed = new WeighedBody(body);
    const estimates = [light, light, heavy, heavy, light].map((asked) => weighed.tokensBy(asked));
    expect(estimates).toEqual([light, light, heavy, heavy, light].map((asked) => estimateBodyTokens(body, asked)));
    expect(walked.slice(0, 6)).toEqual(['light', 'light', 'heavy', 'heavy', 'light', 'light']);
  });
});
