import { type CanonicalSink, verdictForKind } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEventOrder } from '../testing/event-order.js';
import { encodeFrames, eventsOf } from '../testing/streams.js';
import { testContext } from '../testing/test-context.js';

/** The events between the start and the end of the message. */
function blockEvents(play: (sink: CanonicalSink) => void) {
  const frames = encodeFrames((sink) => {
    sink.start('msg_1', 'claude-x');
    play(sink);
    sink.stop('end');
  });
  checkEventOrder(frames);
  return eventsOf(frames).slice(1, -2);
}

const call = (id: string) => ({ type: 'tool-call', id, name: 'x' }) as const;

describe('stream encoder', () => {
  it('writes a message as the vendor does', () => {
    const frames = encodeFrames((sink) => {
      sink.usage({ inputText: 3 });
      sink.start('msg_1', 'claude-x');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'He said "hi"\n');
      sink.closeBlock(0);
      sink.usage({ outputText: 4 });
      sink.stop('stop-sequence', 'END');
    });
    expect(frames.map(({ event }) => event)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    const usage = {
      input_tokens: 3,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    };
    expect(eventsOf(frames)).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-sonnet-4-5',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...usage, output_tokens: 0 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'He said "hi"\n' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' }, usage: { ...usage, output_tokens: 4 } },
      { type: 'message_stop' },
    ]);
  });

  it('makes up an id where the upstream has none', () => {
    const [start] = eventsOf(encodeFrames((sink) => sink.start('', 'm')));
    expect(start).toMatchObject({ message: { id: 'msg_1' } });
  });

  it('says the model that was asked for, whatever answered', () => {
    const [start] = eventsOf(encodeFrames((sink) => sink.start('msg_1', 'gpt-5'), { model: 'claude-opus-4-1' }));
    expect(start).toMatchObject({ message: { model: 'claude-opus-4-1' } });
  });

  it('writes the first open call live and the others in their turn', () => {
    const events = blockEvents((sink) => {
      sink.openBlock(0, call('a'));
      sink.openBlock(1, call('b'));
      sink.argumentsDelta(1, '{"b":');
      sink.argumentsDelta(0, '{"a":1}');
      sink.closeBlock(0);
      sink.argumentsDelta(1, '2}');
      sink.closeBlock(1);
    });
    expect(events).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 'a', name: 'x', input: {} } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'b', name: 'x', input: {} } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"b":' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '2}' } },
      { type: 'content_block_stop', index: 1 },
    ]);
  });

  it('signs thinking at its end, wrapping seals of other vendors', () => {
    const events = blockEvents((sink) => {
      sink.openBlock(0, { type: 'thinking' });
      sink.seal(0, { vendor: 'google', value: 'g' });
      sink.textDelta(0, 'Hm');
      sink.closeBlock(0);
      sink.openBlock(1, { type: 'thinking', redacted: true });
      sink.seal(1, { vendor: 'anthropic', value: 'r' });
      sink.closeBlock(1);
    });
    expect(events).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'tg1.google..g' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'redacted_thinking', data: 'r' } },
      { type: 'content_block_stop', index: 1 },
    ]);
  });

  it('writes calls with plain text as calls with JSON, wherever their text is cut', () => {
    const events = blockEvents((sink) => {
      sink.openBlock(0, { type: 'tool-call', id: 'c', name: 'patch', freeform: true });
      for (const part of ['a "', '"\n\ud83d', '\ude00']) sink.argumentsDelta(0, part);
      sink.closeBlock(0);
    });
    const json = events.map((event) => (event.delta as { partial_json?: string } | undefined)?.partial_json ?? '').join('');
    expect(JSON.parse(json)).toEqual({ input: 'a ""\n😀' });
  });

  it('passes its own server blocks on, and leaves out what is empty or has no place', () => {
    const context = testContext();
    const frames = encodeFrames(
      (sink) => {
        sink.start('msg_1', 'm');
        sink.openBlock(0, { type: 'text' });
        sink.wholeBlock(1, { type: 'opaque', dialect: 'claude-messages', data: { type: 'server_tool_use', id: 's' } });
        sink.wholeBlock(2, { type: 'opaque', dialect: 'gemini', data: {} });
        sink.closeBlock(0);
        sink.openBlock(3, call('a'));
        sink.closeBlock(3);
        sink.stop('tool');
      },
      { context },
    );
    checkEventOrder(frames);
    expect(eventsOf(frames).slice(1, 5)).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'server_tool_use', id: 's' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'a', name: 'x', input: {} } },
      { type: 'content_block_stop', index: 1 },
    ]);
    expect(context.lostFields()).toEqual(['content']);
  });

  it('fails with the vendor’s event at any time', () => {
    const verdict = verdictForKind('network', 502, 'Cut.', 'upstream_cut');
    const frames = encodeFrames((sink) => {
      sink.start('msg_1', 'm');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'x');
      sink.fail(verdict);
    });
    expect(frames.at(-1)?.event).toBe('error');
    expect(eventsOf(frames).at(-1)).toEqual({
      type: 'error',
      error: { type: 'api_error', message: 'Cut.', details: { error_code: 'upstream_cut' } },
    });
    checkEventOrder(encodeFrames((sink) => sink.fail(verdict)));
  });

  it('never writes an illegal sequence, whichever legal calls arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 99 }), { maxLength: 60 }), fc.boolean(), (choices, fails) => {
        checkEventOrder(encodeFrames((sink) => playChoices(sink, choices, fails)));
      }),
      { numRuns: 500 },
    );
  });
});

/** Makes each number one legal call: opening, filling or closing a block. */
function playChoices(sink: CanonicalSink, choices: readonly number[], fails: boolean): void {
  const open: { readonly index: number; readonly type: 'text' | 'thinking' | 'tool-call' }[] = [];
  let nextIndex = 0;
  sink.start('msg_1', 'm');
  for (const choice of choices) {
    const block = open[choice % Math.max(1, open.length)];
    if (choice < 30 || block === undefined) {
      const index = nextIndex++;
      if (choice % 4 === 3) sink.wholeBlock(index, { type: 'opaque', dialect: 'claude-messages', data: { type: 'x' } });
      else {
        const type = (['text', 'thinking', 'tool-call'] as const)[choice % 3] ?? 'text';
        sink.openBlock(index, type === 'tool-call' ? { type, id: `c${index}`, name: 'x' } : { type });
        open.push({ index, type });
      }
    } else if (choice < 60) {
      if (block.type === 'tool-call') sink.argumentsDelta(block.index, '{}');
      else sink.textDelta(block.index, 'x');
    } else if (choice < 70) {
      if (block.type === 'text') sink.citation(block.index, { url: 'u' });
      else sink.seal(block.index, { vendor: 'anthropic', value: 's' });
    } else if (choice < 75) sink.usage({ outputText: choice });
    else {
      sink.closeBlock(block.index);
      open.splice(open.indexOf(block), 1);
    }
  }
  if (fails) return sink.fail(verdictForKind('server', 500, 'No.', 'x'));
  for (const { index } of open) sink.closeBlock(index);
  sink.stop('end');
}
