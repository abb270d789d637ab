import type { Block, CanonicalSink, Seal } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse } from '../testing/canonical.js';
import { checkEventOrder } from '../testing/event-order.js';
import { encodeFrames, eventsOf } from '../testing/streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';

const google: Seal = { vendor: 'google', value: 'CiQB+/=' };
const call: Block = { type: 'tool-call', id: 'call:1.ü', name: 'x', arguments: '{}', seal: google };

/** What a client's next request says of an answer whose content it sends back. */
function sentBack(content: unknown): readonly Block[] {
  const body = {
    model: 'm',
    max_tokens: 9,
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
    ],
  };
  return decodeRequest(body, { model: 'm', stream: false, outputTokensMax: 9 }, testContext()).turns[1]?.blocks ?? [];
}

function wholeContent(blocks: readonly Block[]): unknown {
  return JSON.parse(JSON.stringify(encodeResponse(canonicalResponse({ blocks }), canonicalRequest(), testContext()).content)) as unknown;
}

/** The content of a streamed message, as a client that knows texts and tool calls puts it together. */
function streamedContent(play: (sink: CanonicalSink) => void): readonly Record<string, unknown>[] {
  const frames = encodeFrames((sink) => {
    sink.start('msg_1', 'm');
    play(sink);
    sink.stop('tool');
  });
  checkEventOrder(frames);
  const content: Record<string, unknown>[] = [];
  for (const event of eventsOf(frames)) {
    const { content_block: block, delta } = event as { content_block?: object; delta?: { text?: string } };
    if (block !== undefined) content.push({ ...block });
    const open = content.at(-1);
    if (delta?.text !== undefined && open !== undefined) open['text'] = `${String(open['text'])}${delta.text}`;
  }
  return content;
}

describe('a seal on a text or a tool call', () => {
  it('comes back with the block that it was on', () => {
    const text: Block = { type: 'text', text: 'Hello', seal: { vendor: 'google', value: 'text' } };
    expect(sentBack(wholeContent([text, call]))).toEqual([text, call]);
  });

  it('comes back from a stream, whether it came before the first argument or after the last', () => {
    const { seal: _seal, ...head } = { type: 'tool-call' as const, id: 'call:1.ü', name: 'x', seal: google };
    for (const late of [false, true]) {
      const content = streamedContent((sink) => {
        sink.openBlock(0, { type: 'text' });
        sink.textDelta(0, 'Hello');
        sink.seal(0, google);
        sink.closeBlock(0);
        sink.openBlock(1, head);
        if (!late) sink.seal(1, google);
        sink.argumentsDelta(1, '{}');
        if (late) sink.seal(1, google);
        sink.closeBlock(1);
      });
      expect(content.map(({ type }) => type)).toEqual([
        'text',
        'redacted_thinking',
        ...(late ? ['tool_use', 'redacted_thinking'] : ['redacted_thinking', 'tool_use']),
      ]);
      expect(sentBack(content)).toEqual([{ type: 'text', text: 'Hello', seal: google }, call]);
    }
  });

  it('is never sent to the vendor itself', () => {
    const context = testContext();
    const turns = [{ role: 'assistant' as const, blocks: sentBack(wholeContent([call])) }];
    expect(JSON.stringify(encodeRequest(canonicalRequest({ turns }), context))).not.toContain('tg1');
    expect(context.lostFields()).toContain('seal');
  });

  it('of a block that the client left out is gone', () => {
    const carriers = (wholeContent([call]) as { type: string }[]).filter(({ type }) => type === 'redacted_thinking');
    expect(sentBack([{ type: 'text', text: 'Hello' }, ...carriers])).toEqual([{ type: 'text', text: 'Hello' }]);
  });

  it('does not take what the vendor sealed for a carrier', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        fc.pre(!value.startsWith('tg1'));
        expect(sentBack([{ type: 'redacted_thinking', data: value }])).toEqual([
          { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value } },
        ]);
      }),
    );
  });
});
