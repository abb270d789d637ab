import type { Block, CanonicalResponse, JsonObject } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openaiCompatible } from '../provider.js';
import { text } from '../testing/canonical.js';
import { chunk } from '../testing/chat-streams.js';
import { testContext } from '../testing/test-context.js';
import { openaiChat } from './dialect.js';
import { openaiChatThinkTags } from './think-tags.js';

function whole(message: JsonObject): CanonicalResponse {
  const choice = { index: 0, message, finish_reason: 'stop' };
  return openaiChatThinkTags.upstream.decodeResponse({ id: 'chatcmpl-1', model: 'gpt-4o-mini', choices: [choice] }, testContext());
}

function streamed(...deltas: readonly JsonObject[]): CanonicalResponse {
  const sink = checkedSink();
  const decoder = openaiChatThinkTags.upstream.streamDecoder(sink, testContext());
  for (const frame of [...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')]) decoder.frame(JSON.stringify(frame), undefined);
  decoder.end('done');
  return sink.response();
}

const thought = (words: string): Block => ({ type: 'thinking', text: words });

describe('thinking inside the content', () => {
  const contents: readonly (readonly [string, readonly Block[]])[] = [
    ['<think>\nHm.\n</think>\n\nHello', [thought('Hm.'), text('Hello')]],
    ['\n <think>Hm.</think>Hello', [thought('Hm.'), text('Hello')]],
    ['<think>\n\n</think>\n\nHello', [text('Hello')]],
    ['<think>Hm. a < b, </thin', [thought('Hm. a < b, </thin')]],
    ['<think>Hm.', [thought('Hm.')]],
    ['<think>', []],
    ['<think>Hm.</think>', [thought('Hm.')]],
    ['<think>a<think>b</think>c</think>', [thought('a<think>b'), text('c</think>')]],
    ['<think>Hm.</think>The mark is <think> and </think>.', [thought('Hm.'), text('The mark is <think> and </think>.')]],
    ['The mark is <think>Hm.</think>', [text('The mark is <think>Hm.</think>')]],
    ['<thinking>Hm.</thinking>', [text('<thinking>Hm.</thinking>')]],
    ['<thi', [text('<thi')]],
    ['  ', [text('  ')]],
    ['</think>Hello', [text('</think>Hello')]],
    ['', []],
  ];

  it.each(contents)('of %j is told from the text', (content, blocks) => {
    expect(whole({ content }).blocks).toEqual(blocks);
  });

  it.each(contents)('of %j is told from the text wherever a stream is cut', (content, blocks) => {
    const cuts = fc.array(fc.nat({ max: content.length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (places) => {
        const edges = [0, ...places.toSorted((one, other) => one - other), content.length];
        const pieces = edges.slice(1).map((edge, index) => content.slice(edges[index], edge));
        expect(streamed(...pieces.map((piece) => ({ content: piece }))).blocks).toEqual(blocks);
      }),
    );
    expect(streamed(...[...content].map((piece) => ({ content: piece }))).blocks).toEqual(blocks);
  });

  it('is not looked for where the server tells it itself, or calls a tool first', () => {
    const content = '<think>a</think>b';
    const call = { id: 'a', type: 'function', function: { name: 'x', arguments: '{}' } };
    expect(streamed({ reasoning_content: 'Hm' }, { content }).blocks).toEqual([thought('Hm'), text(content)]);
    expect(whole({ reasoning_content: 'Hm', content }).blocks).toEqual([thought('Hm'), text(content)]);
    expect(streamed({ tool_calls: [{ index: 0, ...call }] }, { content }).blocks.at(-1)).toEqual(text(content));
  });

  it('leaves calls and sources to what they belong to', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://example.org' } }];
    const calls = ['a', 'b'].map((id) => ({ id, type: 'function', function: { name: 'x', arguments: `"${id}"` } }));
    const blocks = [
      thought('Hm.'),
      { ...text('Hello'), citations: [{ url: 'https://example.org' }] },
      ...['a', 'b'].map((id) => ({ type: 'tool-call', id, name: 'x', arguments: `"${id}"` })),
    ];
    const content = '<think>Hm.</think>Hello';
    const deltas = calls.map((call, index) => ({ tool_calls: [{ index, ...call }] }));
    expect(streamed({ content }, { annotations }, ...deltas)).toMatchObject({ blocks, stop: 'tool' });
    expect(whole({ content, annotations, tool_calls: calls })).toMatchObject({ blocks, stop: 'tool' });
    expect(streamed({ content: '<think>Hm.</think>' }, { annotations }, ...deltas).blocks).toEqual([blocks[0], ...blocks.slice(2)]);
    expect(streamed({ content: '<th' }, ...deltas).blocks).toEqual([text('<th'), ...blocks.slice(2)]);
  });

  it('fails with its stream', () => {
    const sink = checkedSink();
    const decoder = openaiChatThinkTags.upstream.streamDecoder(sink, testContext());
    decoder.frame(JSON.stringify(chunk({ content: '<think>Hm' })), undefined);
    decoder.end('cut');
    expect(sink.calls.map(([name]) => name)).toEqual(['start', 'openBlock', 'textDelta', 'fail']);
  });

  it('is looked for on channels that name the dialect, at compatible servers only; clients of chat get bytes as they are', () => {
    expect(openaiCompatible.speaks.filter(({ dialect }) => dialect === openaiChatThinkTags)).toMatchObject([{ onDemand: true }]);
    expect(openaiChatThinkTags).toMatchObject({ id: 'openai-chat-think-tags', wire: openaiChat.wire, vendor: 'openai' });
    expect(openaiChatThinkTags.edits).toBeUndefined();
    expect(openaiChatThinkTags.client).toBeUndefined();
  });
});
