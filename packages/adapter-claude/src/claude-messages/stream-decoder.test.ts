import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrames } from '../testing/streams.js';

const start = { type: 'message_start', message: { id: 'msg_1', model: 'claude-x', usage: { input_tokens: 5, output_tokens: 1 } } };
const stop = { type: 'message_stop' };
const textStart = blockStart(0, { type: 'text', text: '' });

function blockStart(index: number, content: object): object {
  return { type: 'content_block_start', index, content_block: content };
}

function delta(index: number, of: object): object {
  return { type: 'content_block_delta', index, delta: of };
}

function textDelta(index: number, text: string): object {
  return delta(index, { type: 'text_delta', text });
}

function argumentsDelta(index: number, json: string): object {
  return delta(index, { type: 'input_json_delta', partial_json: json });
}

function blockStop(index: number): object {
  return { type: 'content_block_stop', index };
}

function ending(reason: string): object {
  return { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 9 } };
}

describe('stream decoder', () => {
  it('reads thinking, text, citations, a tool call and usage', () => {
    const sink = decodeFrames([
      start,
      { type: 'ping' },
      blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      delta(0, { type: 'signature_delta', signature: 's' }),
      blockStop(0),
      blockStart(1, { type: 'text', text: '' }),
      textDelta(1, 'Hello'),
      delta(1, { type: 'citations_delta', citation: { type: 'web_search_result_location', url: 'u', title: 't', cited_text: 'q' } }),
      blockStop(1),
      blockStart(2, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }),
      argumentsDelta(2, '{"city":'),
      argumentsDelta(2, '"Berne"}'),
      blockStop(2),
      ending('tool_use'),
      stop,
    ]);
    expect(sink.response()).toMatchObject({
      id: 'msg_1',
      model: 'claude-x',
      blocks: [
        { type: 'thinking', text: 'Hm', seal: { vendor: 'anthropic', value: 's' } },
        { type: 'text', text: 'Hello', citations: [{ url: 'u', title: 't', quote: 'q' }] },
        { type: 'tool-call', id: 'toolu_1', name: 'weather', arguments: '{"city":"Berne"}' },
      ],
      stop: 'tool',
      usage: { inputText: 5, outputText: 9 },
    });
  });

  it('gives a call without arguments an empty object, and one with its arguments at once those', () => {
    const { blocks } = decodeFrames([
      start,
      blockStart(0, { type: 'tool_use', id: 'a', name: 'x', input: {} }),
      argumentsDelta(0, ''),
      blockStop(0),
      blockStart(1, { type: 'tool_use', name: 'y', input: { n: 1 } }),
      blockStop(1),
      ending('tool_use'),
      stop,
    ]).response();
    expect(blocks).toMatchObject([
      { id: 'a', arguments: '{}' },
      { id: 'toolu_1', arguments: '{"n":1}' },
    ]);
  });

  it('collects blocks that only Claude knows, whatever their deltas are made of', () => {
    const { blocks } = decodeFrames([
      start,
      blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      argumentsDelta(0, '{"query":'),
      argumentsDelta(0, '"x"}'),
      blockStop(0),
      blockStart(1, { type: 'compaction', content: null }),
      delta(1, { type: 'compaction_delta', content: 'Sum' }),
      delta(1, { type: 'compaction_delta', content: 'mary' }),
      blockStop(1),
      blockStart(2, { type: 'server_tool_use', id: 'cut', input: {} }),
      argumentsDelta(2, '{"query":'),
      ending('end_turn'),
      stop,
    ]).response();
    expect(blocks.map((block) => block.type === 'opaque' && block.data)).toEqual([
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } },
      { type: 'compaction', content: 'Summary' },
      { type: 'server_tool_use', id: 'cut', input: {} },
    ]);
  });

  it.each([
    ['end_turn', 'end'],
    ['max_tokens', 'length'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
    ['model_context_window_exceeded', 'length'],
  ])('ends with %s as %s, also without a block', (wire, reason) => {
    expect(decodeFrames([start, ending(wire), stop]).response()).toMatchObject({ blocks: [], stop: reason });
  });

  it('says which stop sequence was met', () => {
    const met = { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' } };
    expect(decodeFrames([start, met, stop]).response()).toMatchObject({ stop: 'stop-sequence', stopSequence: 'END' });
  });
});

describe('a careless upstream', () => {
  it('may start the same message twice', () => {
    const { blocks } = decodeFrames([start, start, textStart, start, textDelta(0, 'x'), blockStop(0), ending('end_turn'), stop]).response();
    expect(blocks).toEqual([{ type: 'text', text: 'x' }]);
  });

  it('may begin a second message after text, but not inside a tool call', () => {
    const second = { type: 'message_start', message: { id: 'msg_2' } };
    expect(
      decodeFrames([start, textStart, textDelta(0, 'a'), second, textStart, textDelta(0, 'b'), ending('end_turn'), stop]).response(),
    ).toMatchObject({
      id: 'msg_1',
      blocks: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    });
    const call = blockStart(0, { type: 'tool_use', id: 'a', name: 'x', input: {} });
    expect(decodeFrames([start, call, argumentsDelta(0, '{"n":'), second]).calls.at(-1)).toMatchObject([
      'fail',
      { code: 'upstream_invalid_stream' },
    ]);
  });

  it('may bring whole blocks in its first event', () => {
    const content = [{ type: 'tool_use', id: 'a', name: 'x', input: { n: 1 } }];
    const continuation = { type: 'message_start', message: { id: 'msg_1', content, stop_reason: 'tool_use' } };
    expect(decodeFrames([continuation, stop]).response()).toMatchObject({ blocks: [{ arguments: '{"n":1}' }], stop: 'tool' });
  });

  it('may forget to open the message or a block of text, and to close blocks', () => {
    expect(
      decodeFrames([textDelta(0, 'x'), delta(3, { type: 'thinking_delta', thinking: 'y' }), ending('end_turn'), stop]).response(),
    ).toMatchObject({
      id: 'msg_1',
      model: 'claude-sonnet-4-5',
      blocks: [
        { type: 'text', text: 'x' },
        { type: 'thinking', text: 'y' },
      ],
    });
  });

  it('may send what nobody knows', () => {
    const frames = [
      start,
      '[DONE]',
      '7',
      { type: 'news' },
      argumentsDelta(8, '{}'),
      blockStop(8),
      blockStart(0, { type: 'text' }),
      delta(0, { type: 'news' }),
    ];
    expect(decodeFrames([...frames, ending('end_turn'), stop, textDelta(0, 'late')]).response().blocks).toEqual([
      { type: 'text', text: '' },
    ]);
  });

  it('never breaks the order of the sink, whatever it sends in whatever order', () => {
    const pieces = [
      start,
      { type: 'message_start', message: { id: 'msg_2' } },
      ...[0, 1].flatMap((index) => [
        blockStart(index, { type: 'text', text: 't' }),
        blockStart(index, { type: 'tool_use', id: 'a', name: 'x', input: {} }),
        blockStart(index, { type: 'redacted_thinking', data: 'r' }),
        blockStart(index, { type: 'server_tool_use', id: 's' }),
        textDelta(index, 'x'),
        argumentsDelta(index, '{}'),
        delta(index, { type: 'thinking_delta', thinking: 'y' }),
        delta(index, { type: 'signature_delta', signature: 's' }),
        delta(index, { type: 'citations_delta', citation: {} }),
        blockStop(index),
      ]),
      ending('end_turn'),
      stop,
      { type: 'error', error: { type: 'api_error' } },
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...pieces), { maxLength: 25 }),
        fc.constantFrom('done' as const, 'cut' as const),
        (frames, end) => {
          expect(() => decodeFrames(frames, end).response()).not.toThrow();
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('a stream that breaks', () => {
  it('fails with the vendor’s error', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(decodeFrames([start, textStart, textDelta(0, 'x'), error]).calls.at(-1)).toMatchObject([
      'fail',
      { kind: 'overloaded', status: 529, message: 'Overloaded', retry: 'other' },
    ]);
  });

  it('fails when it is cut before its end was seen', () => {
    expect(decodeFrames([start, textStart, textDelta(0, 'x')], 'cut').calls.at(-1)).toMatchObject([
      'fail',
      { kind: 'network', code: 'upstream_cut', status: 502, retry: 'other' },
    ]);
  });

  it('does not take the end of an earlier message for its own', () => {
    const second = { type: 'message_start', message: { id: 'msg_2' } };
    expect(decodeFrames([start, ending('end_turn'), second, textStart, textDelta(0, 'x')], 'cut').calls.at(-1)?.[0]).toBe('fail');
  });

  it('ends well when only the last event is missing', () => {
    expect(decodeFrames([start, textStart, textDelta(0, 'x'), ending('max_tokens')], 'cut').response().stop).toBe('length');
  });

  it('fails when the upstream closes without saying why it stopped', () => {
    expect(decodeFrames([start, textStart, textDelta(0, 'x')]).calls.at(-1)).toMatchObject(['fail', { code: 'upstream_cut' }]);
    expect(decodeFrames([start]).calls.at(-1)).toMatchObject(['fail', { code: 'upstream_empty' }]);
    const call = blockStart(0, { type: 'tool_use', id: 'a', name: 'x', input: {} });
    expect(decodeFrames([start, call, argumentsDelta(0, '{"n":')]).calls.at(-1)).toMatchObject(['fail', { code: 'upstream_cut' }]);
  });

  it('throws at a frame that is no JSON', () => {
    expect(() => decodeFrames(['<html>'])).toThrow(SyntaxError);
  });
});
