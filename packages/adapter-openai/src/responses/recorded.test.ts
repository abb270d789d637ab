import type { Block, JsonObject, Usage } from '@tollgate/plugin-kit';
import { inputTokens, outputTokens } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { classify } from '../classify.js';
import { recordedText } from '../testing/recorded.js';
import { recordedResponses, recordedStreams, type RecordedEvents, statedAnswer } from '../testing/recorded-responses.js';
import { decodeResponses } from '../testing/responses-streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';
import { responsesUsage } from './usage.js';

const streams = recordedResponses.filter(({ format }) => format !== 'json').flatMap(recordedStreams);
const whole = streams.filter(({ file }) => !file.includes('openai-error'));
const titled = (given: readonly RecordedEvents[]) => given.map((stream) => [stream.title, stream] as const);
const named = (file: string) => streams.filter((stream) => stream.file.endsWith(file));
const blocksIn = (file: string) => named(file).map((stream) => decodeResponses(stream.frames).response().blocks);

/** The usage that the pass lane finds: the last of the frames that a needle nominates. */
function scannedUsage(frames: readonly string[]): Partial<Usage> {
  const found: Partial<Usage> = {};
  for (const frame of frames.filter((text) => responsesUsage.needles.some((needle) => text.includes(needle))))
    responsesUsage.read(JSON.parse(frame), found);
  return found;
}

/** The vendor seals anew each time that it says the same. */
function withoutSealValue(block: Block): object {
  return block.seal === undefined ? block : { ...block, seal: block.seal.vendor };
}

function said(blocks: readonly Block[], type: 'text' | 'thinking'): string {
  return blocks.map((block) => (block.type === type ? block.text : '')).join('');
}

describe.skipIf(recordedResponses.length === 0)('a recorded stream of Responses', () => {
  it.each(titled(whole))('%s adds up to the answer that its last event repeats', (_title, stream) => {
    const { id: _id, ...streamed } = decodeResponses(stream.frames).response();
    const { id: _statedId, ...stated } = decodeResponse(statedAnswer(stream), testContext());
    expect({ ...streamed, blocks: streamed.blocks.map(withoutSealValue) }).toEqual({
      ...stated,
      blocks: stated.blocks.map(withoutSealValue),
    });
  });

  it.each(titled(whole))('%s has the usage that was recorded, in both lanes', (_title, stream) => {
    const { usage } = decodeResponses(stream.frames).response();
    const stated = statedAnswer(stream)['usage'] as { input_tokens: number; output_tokens: number };
    expect(inputTokens(usage)).toBe(stated.input_tokens);
    expect(outputTokens(usage)).toBe(stated.output_tokens);
    expect(usage).toMatchObject(scannedUsage(stream.frames));
  });

  it.each(titled(streams))('%s ends once, wherever it is cut, and never well before its last event', (_title, { frames, events }) => {
    for (let count = 0; count <= frames.length; count += 1) {
      const { calls } = decodeResponses(frames.slice(0, count), 'cut');
      const endings = calls.filter(([name]) => name === 'stop' || name === 'fail');
      expect(endings).toHaveLength(1);
      expect(calls.at(-1)).toBe(endings[0]);
      if (count < events.length) expect(endings[0]?.[0]).toBe('fail');
    }
  });

  it.each(titled(whole))('%s tells its text as it comes', (_title, stream) => {
    const deltas = stream.events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
    const told = decodeResponses(stream.frames).calls.filter(([name]) => name === 'textDelta');
    for (const delta of deltas.filter((text) => text !== '')) expect(told).toContainEqual(['textDelta', expect.any(Number), delta]);
  });
});

describe.skipIf(recordedResponses.length === 0)('a server’s habit', () => {
  it('of changing ids on the way does not divide an item', () => {
    const [stream] = named('github-copilot-id-rotation.1.chunks.txt');
    expect(new Set(stream?.events.flatMap(({ item_id: id }) => (id === undefined ? [] : [id]))).size).toBeGreaterThan(2);
    const [blocks = []] = blocksIn('github-copilot-id-rotation.1.chunks.txt');
    expect(blocks.map(({ type }) => type)).toEqual(['thinking', 'text']);
  });

  it('of giving arguments only when they are done is understood', () => {
    const [blocks = []] = blocksIn('lmstudio-tool-call.1.chunks.txt');
    expect(blocks.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool-call']);
    expect(blocks.at(-1)).toMatchObject({ arguments: expect.stringMatching(/^\{.+\}$/) as string });
  });

  it('of showing its reasoning in full is heard once', () => {
    const [blocks = []] = blocksIn('lmstudio-tool-call.1.chunks.txt');
    const [stream] = named('lmstudio-tool-call.1.chunks.txt');
    const deltas = stream?.events.filter(({ type }) => type === 'response.reasoning_text.delta').map(({ delta }) => delta);
    expect(said(blocks, 'thinking')).toBe(deltas?.join(''));
  });

  it('of another vendor’s Responses is understood', () => {
    const [blocks = []] = blocksIn('wire-deepseek-responses-tool.sse');
    expect(blocks.some(({ type }) => type === 'tool-call')).toBe(true);
  });

  it('of naming tools for plain text is understood', () => {
    expect(blocksIn('openai-custom-tool.1.chunks.txt')).toMatchObject([[{ type: 'tool-call', freeform: true }]]);
  });

  it('of sealing its reasoning brings the seal with the thought', () => {
    const [first = []] = blocksIn('openai-reasoning-encrypted-content.1.chunks.txt');
    expect(first).toMatchObject([{ type: 'thinking', seal: { vendor: 'openai' } }, { type: 'tool-call' }]);
    expect(said(first, 'thinking')).not.toBe('');
  });

  it('of citing is told', () => {
    const [blocks = []] = blocksIn('openai-web-search-tool.1.chunks.txt');
    const cited = blocks.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
    expect(cited).toHaveLength(12);
    expect(cited.every(({ url, title }) => url?.startsWith('http') && title !== '')).toBe(true);
  });

  it('of drawing gives a picture', () => {
    const [blocks = []] = blocksIn('openai-image-generation-tool.1.chunks.txt');
    expect(blocks).toContainEqual({
      type: 'media',
      media: 'image',
      mimeType: 'image/webp',
      source: { base64: expect.any(String) as string },
    });
  });

  it('of telling comments from answers is said to be lost', () => {
    const context = testContext();
    decodeResponses(named('openai-phase.1.chunks.txt')[0]?.frames ?? [], 'done', context);
    expect(context.lostFields()).toContain('phase');
  });

  it('of failing in a stream that began well is no answer', () => {
    const [stream] = named('openai-error.1.chunks.txt');
    expect(decodeResponses(stream?.frames ?? []).calls.slice(-1)).toMatchObject([
      ['fail', { kind: 'insufficient-quota', status: 429, code: 'insufficient_quota' }],
    ]);
  });
});

describe.skipIf(recordedResponses.length === 0)('a recorded answer of Responses', () => {
  const answers = recordedResponses.filter(({ format, status }) => format === 'json' && status === 200).map(({ file }) => file);

  it.each(answers)('%s is read whole, with the usage that was recorded', (file) => {
    const body = JSON.parse(recordedText(file)) as { output: JsonObject[]; usage: { input_tokens: number; output_tokens: number } };
    const { blocks, stop, usage } = decodeResponse(body, testContext());
    expect(said(blocks, 'text')).not.toBe('');
    expect(stop).toBe('end');
    expect(inputTokens(usage)).toBe(body.usage.input_tokens);
    expect(outputTokens(usage)).toBe(body.usage.output_tokens);
  });

  it.each([
    ['openai-error.1.json', { kind: 'insufficient-quota', status: 429 }],
    ['reasoning-model-temperature-error.json', { kind: 'invalid-request', status: 400, retry: 'never', field: 'temperature' }],
    ['bad-temperature-400.json', { kind: 'invalid-request', status: 400, retry: 'never', field: 'temperature' }],
  ])('%s is judged', (file, verdict) => {
    const answer = recordedResponses.find((candidate) => candidate.file.endsWith(file));
    const content = recordedText(answer?.file ?? '');
    const judged = classify({
      status: answer?.status ?? 0,
      headers: new Map(),
      text: content,
      json: () => JSON.parse(content) as unknown,
    });
    expect(judged).toMatchObject(verdict);
  });
});

describe.skipIf(recordedResponses.length === 0)('a recorded request of Responses', () => {
  const asked = recordedResponses.flatMap(({ requestFile }) => (requestFile === undefined ? [] : [requestFile]));

  it.each(asked)('%s comes out of the canonical form as it went in', (file) => {
    const body = JSON.parse(recordedText(file)) as JsonObject;
    const decode = (given: JsonObject) => decodeRequest(given, inspect(given), testContext());
    const request = decode(body);
    const context = testContext();
    const { extensions, ...kept } = decode(encodeRequest(request, context));
    const { extensions: given, ...meaning } = request;
    expect(kept).toEqual(meaning);
    expect(extensions).toMatchObject(given ?? {});
    expect(context.losses).toEqual([]);
  });
});
