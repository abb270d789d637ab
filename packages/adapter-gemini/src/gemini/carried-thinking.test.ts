import type { Block, CanonicalSink, JsonObject, ThinkingBlock, ToolCallBlock } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../testing/canonical-request.js';
import { testContext } from '../testing/test-context.js';
import { decodeContents } from './decode-contents.js';
import { encodeResponse } from './encode-response.js';
import { RequestFields } from './request-fields.js';
import { StreamEncoder } from './stream-encoder.js';

const thinking: ThinkingBlock = { type: 'thinking', text: 'Two\nwords', seal: { vendor: 'anthropic', value: 'EqQB+/=' } };
const redacted: ThinkingBlock = { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'r' } };
const unsealed: ThinkingBlock = { type: 'thinking', text: 'Plain' };
const own: ThinkingBlock = { type: 'thinking', text: 'Own', seal: { vendor: 'google', value: 'CiQB' } };
const text: Block = { type: 'text', text: 'Now.' };
const call = (id: string): ToolCallBlock => ({ type: 'tool-call', id, name: 'f', arguments: '{"a":1}' });

type Parts = readonly JsonObject[];

function partsOfWhole(blocks: readonly Block[]): Parts {
  const response = { id: 'r', model: 'm', blocks, stop: 'tool', usage: emptyUsage() } as const;
  const body = encodeResponse(response, canonicalRequest(), testContext()) as { candidates: { content: { parts: Parts } }[] };
  return body.candidates[0]?.content.parts ?? [];
}

function partsOfStream(blocks: readonly Block[]): Parts {
  const frames: string[] = [];
  const encoder: CanonicalSink = new StreamEncoder({ frame: (data) => frames.push(data) }, testContext());
  encoder.start('r', 'm');
  blocks.forEach((block, index) => {
    if (block.type !== 'text' && block.type !== 'thinking' && block.type !== 'tool-call') return;
    encoder.openBlock(index, block);
    if (block.type === 'tool-call') encoder.argumentsDelta(index, block.arguments);
    else for (const piece of block.text.split(/(?= )/)) encoder.textDelta(index, piece);
    if (block.seal !== undefined) encoder.seal(index, block.seal);
    encoder.closeBlock(index);
  });
  return frames.flatMap(
    (frame) => (JSON.parse(frame) as { candidates: { content: { parts: Parts } }[] }).candidates[0]?.content.parts ?? [],
  );
}

function blocksFrom(parts: Parts): readonly Block[] {
  const [turn] = decodeContents([new RequestFields({ role: 'model', parts: [...parts] }, 'contents.0')], testContext());
  return turn?.blocks ?? [];
}

const withoutThoughts = (parts: Parts): Parts => parts.filter((part) => part['thought'] !== true);

describe.each([
  { way: 'whole', encode: partsOfWhole },
  { way: 'streamed', encode: partsOfStream },
])('thinking in a $way answer', ({ encode }) => {
  it('comes back through clients that drop thoughts, as it was', () => {
    const blocks = [thinking, redacted, unsealed, text, call('a'), call('b')];
    expect(blocksFrom(withoutThoughts(encode(blocks)))).toEqual(blocks);
  });

  it('comes back once through clients that keep thoughts', () => {
    expect(blocksFrom(encode([thinking, call('a'), unsealed, call('b')]))).toEqual([thinking, call('a'), unsealed, call('b')]);
  });

  it('of the vendor itself needs no carrying', () => {
    const signatures = encode([own, call('a')]).flatMap((part) => (part['functionCall'] === undefined ? [] : [part['thoughtSignature']]));
    expect(signatures).toEqual([Buffer.from('tg1...').toString('base64')]);
  });
});
