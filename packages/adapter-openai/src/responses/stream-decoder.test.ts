import type { JsonObject } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GivenFrame } from '../testing/dialect-streams.js';
import { decodeResponses, itemEvent, lifecycle } from '../testing/responses-streams.js';
import { testContext } from '../testing/test-context.js';
import { ResponsesStreamDecoder } from './stream-decoder.js';

const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
const created = lifecycle('created', { status: 'in_progress', usage: null });
const completed = lifecycle('completed', { status: 'completed', usage });

/** The answer of a stream of item events that ends as it should. */
function answerOf(...events: readonly JsonObject[]) {
  return decodeResponses([created, ...events, completed]).response();
}

const message = { type: 'message', id: 'msg_1', role: 'assistant', content: [] };
const call = { type: 'function_call', id: 'fc_1', call_id: 'a', name: 'weather', arguments: '' };
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [] };
const added = (place: number, item: JsonObject) => itemEvent('output_item.added', place, { item });
const done = (place: number, item: JsonObject) => itemEvent('output_item.done', place, { item });
const textDelta = (place: number, delta: string, part = 0) => itemEvent('output_text.delta', place, { content_index: part, delta });
const argumentsDelta = (place: number, delta: string) => itemEvent('function_call_arguments.delta', place, { delta });
const summaryDelta = (place: number, delta: string, part = 0) =>
  itemEvent('reasoning_summary_text.delta', place, { summary_index: part, delta });
const outputText = (text: string, annotations: JsonObject[] = []) => ({ type: 'output_text', text, annotations });

describe('stream decoder', () => {
  it('passes each delta on as it comes', () => {
    const item = { ...message, content: [outputText('Hello')] };
    const events = [
      added(0, message),
      itemEvent('content_part.added', 0, { content_index: 0, part: outputText('') }),
      textDelta(0, 'Hel'),
      textDelta(0, 'lo'),
      itemEvent('output_text.done', 0, { content_index: 0, text: 'Hello' }),
      itemEvent('content_part.done', 0, { content_index: 0, part: outputText('Hello') }),
      done(0, item),
    ];
    expect(decodeResponses([created, lifecycle('in_progress'), ...events, completed]).calls).toEqual([
      ['start', 'resp_1', 'gpt-4o-mini'],
      ['openBlock', 0, { type: 'text' }],
      ['textDelta', 0, 'Hel'],
      ['textDelta', 0, 'lo'],
      ['closeBlock', 0],
      ['usage', expect.objectContaining({ inputText: 3, outputText: 2 })],
      ['stop', 'end'],
    ]);
  });

  it('reads nothing after the end, which some servers mark as in chat', () => {
    const { calls } = decodeResponses([created, completed, '[DONE]', textDelta(0, 'x'), 'no JSON']);
    expect(calls.map(([name]) => name)).toEqual(['start', 'usage', 'stop']);
  });

  it('throws what is no JSON, and overlooks what is no event', () => {
    expect(() => decodeResponses(['{"type":'])).toThrow(SyntaxError);
    const odd: GivenFrame[] = [
      'null',
      '7',
      '[]',
      '{}',
      { type: 'response.rate_limits', limits: [] },
      { type: 'keepalive', sequence_number: 3 },
    ];
    expect(decodeResponses([created, ...odd, completed]).response()).toMatchObject({ blocks: [], stop: 'end' });
  });

  it('lets a vendor’s frame be edited before it is read', () => {
    const sink = checkedSink();
    const decoder = new ResponsesStreamDecoder(sink, testContext(), (frame) => {
      frame['response'] = { ...(frame['response'] as JsonObject), model: 'renamed' };
    });
    decoder.frame(JSON.stringify(completed), undefined);
    expect(sink.response().model).toBe('renamed');
  });

  it('reads the name of an event where only its frame has it', () => {
    const sink = checkedSink();
    const decoder = new ResponsesStreamDecoder(sink, testContext());
    decoder.frame(JSON.stringify({ ...created, type: undefined }), 'response.created');
    decoder.frame('{"message":"Broke.","code":"server_error"}', 'error');
    expect(sink.calls.at(-1)).toMatchObject(['fail', { kind: 'server', message: 'Broke.' }]);
  });
});

describe('the items of a stream', () => {
  const callBlock = (id: string, given: string) => ({ type: 'tool-call', id, name: 'weather', arguments: given });

  it.each<[string, readonly JsonObject[], unknown]>([
    [
      'a text that only its end says',
      [added(0, message), itemEvent('output_text.done', 0, { content_index: 0, text: 'a' })],
      [{ text: 'a' }],
    ],
    ['a text that only its part says', [itemEvent('content_part.done', 0, { content_index: 0, part: outputText('a') })], [{ text: 'a' }]],
    ['a text that only its item says', [added(0, message), done(0, { ...message, content: [outputText('a')] })], [{ text: 'a' }]],
    ['a text whose item says the rest', [textDelta(0, 'a'), done(0, { ...message, content: [outputText('abc')] })], [{ text: 'abc' }]],
    ['a text whose item says something else', [textDelta(0, 'a'), done(0, { ...message, content: [outputText('xyz')] })], [{ text: 'a' }]],
    ['a text that nobody announced', [textDelta(0, 'a'), textDelta(0, 'b')], [{ text: 'ab' }]],
    ['a text without parts that say something', [added(0, message), done(0, { ...message, content: [outputText('')] })], []],
    ['several parts', [added(0, message), textDelta(0, 'a'), textDelta(0, 'b', 1)], [{ text: 'a' }, { text: 'b' }]],
    [
      'sources on the way, told once',
      [
        textDelta(0, 'a'),
        itemEvent('output_text.annotation.added', 0, {
          content_index: 0,
          annotation: { type: 'url_citation', url: 'https://example.org' },
        }),
        done(0, { ...message, content: [outputText('a', [{ type: 'url_citation', url: 'https://example.org' }])] }),
      ],
      [{ text: 'a', citations: [{ url: 'https://example.org' }] }],
    ],
    [
      'sources that only the item says',
      [textDelta(0, 'a'), done(0, { ...message, content: [outputText('a', [{ type: 'url_citation', url: 'https://example.org' }])] })],
      [{ text: 'a', citations: [{ url: 'https://example.org' }] }],
    ],
    ['arguments in fragments', [added(0, call), argumentsDelta(0, '{"n"'), argumentsDelta(0, ':1}')], [callBlock('a', '{"n":1}')]],
    [
      'arguments that only their end says',
      [added(0, call), itemEvent('function_call_arguments.done', 0, { arguments: '{"n":1}' })],
      [callBlock('a', '{"n":1}')],
    ],
    ['arguments that only the item says', [added(0, call), done(0, { ...call, arguments: '{"n":1}' })], [callBlock('a', '{"n":1}')]],
    ['a call that nobody announced', [argumentsDelta(0, '{"n"'), done(0, { ...call, arguments: '{"n":1}' })], [callBlock('a', '{"n":1}')]],
    ['a call that comes at once', [done(0, { ...call, arguments: '{}' })], [callBlock('a', '{}')]],
    ['a call without arguments', [added(0, call), done(0, call)], [callBlock('a', '{}')]],
    ['a call that is never done', [added(0, call), argumentsDelta(0, '{}')], [callBlock('a', '{}')]],
    [
      'a call for plain text',
      [
        added(0, { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '' }),
        itemEvent('custom_tool_call_input.delta', 0, { delta: 'x' }),
        itemEvent('custom_tool_call_input.done', 0, { input: 'xy' }),
      ],
      [{ type: 'tool-call', id: 'a', name: 'patch', arguments: 'xy', freeform: true }],
    ],
    [
      'a call for plain text that nobody announced',
      [
        itemEvent('custom_tool_call_input.delta', 0, { delta: 'x' }),
        done(0, { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: 'x' }),
      ],
      [{ type: 'tool-call', id: 'a', name: 'patch', arguments: 'x', freeform: true }],
    ],
    [
      'a call for no text',
      [done(0, { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '' })],
      [{ type: 'tool-call', id: 'a', name: 'patch', arguments: '', freeform: true }],
    ],
    ['a summary of several parts', [summaryDelta(0, 'a'), summaryDelta(0, 'b', 1), summaryDelta(0, 'c', 1)], [{ text: 'a\n\nbc' }]],
    ['a summary whose first part says nothing', [summaryDelta(0, '', 0), summaryDelta(0, 'b', 1)], [{ type: 'thinking', text: 'b' }]],
    [
      'a summary whose item says the rest',
      [summaryDelta(0, 'a'), done(0, { ...reasoning, summary: [{ text: 'a' }, { text: 'b' }] })],
      [{ type: 'thinking', text: 'a\n\nb' }],
    ],
    [
      'reasoning in full, of which the summary is none',
      [itemEvent('reasoning_text.delta', 0, { content_index: 0, delta: 'long' }), summaryDelta(0, 'short')],
      [{ type: 'thinking', text: 'long' }],
    ],
    [
      'reasoning with the seal of the whole item',
      [
        added(0, { ...reasoning, encrypted_content: 'early' }),
        summaryDelta(0, 'Hm'),
        done(0, { ...reasoning, summary: [{ text: 'Hm' }], encrypted_content: 'e' }),
      ],
      [{ type: 'thinking', text: 'Hm', seal: { vendor: 'openai', value: 'e' } }],
    ],
    [
      'reasoning that is encrypted only',
      [added(0, reasoning), done(0, { ...reasoning, encrypted_content: 'e' })],
      [{ type: 'thinking', text: '', redacted: true, seal: { vendor: 'openai', value: 'e' } }],
    ],
    ['reasoning that says nothing', [added(0, reasoning), done(0, reasoning)], []],
    [
      'a picture',
      [
        added(0, { type: 'image_generation_call', result: null }),
        itemEvent('image_generation_call.partial_image', 0, { partial_image_b64: 'QQ==' }),
        done(0, { type: 'image_generation_call', result: 'QUJD', output_format: 'png' }),
      ],
      [{ type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } }],
    ],
    [
      'a server tool',
      [itemEvent('web_search_call.searching', 0), done(0, { type: 'web_search_call', id: 'ws_1' })],
      [{ type: 'opaque', dialect: 'openai-responses', data: { type: 'web_search_call', id: 'ws_1' } }],
    ],
  ])('are read: %s', (_name, events, blocks) => {
    const answer = answerOf(...events);
    expect(answer.blocks).toMatchObject(blocks as object[]);
    expect(answer.blocks).toHaveLength((blocks as object[]).length);
  });

  it('that call without arguments say so by an empty object', () => {
    expect(decodeResponses([created, added(0, call), completed]).calls).toContainEqual(['argumentsDelta', 0, '{}']);
  });

  it('may be interleaved', () => {
    const second = { ...call, id: 'fc_2', call_id: 'b' };
    const events = [
      added(0, message),
      added(1, call),
      added(2, second),
      argumentsDelta(2, '{"n":'),
      textDelta(0, 'a'),
      argumentsDelta(1, '{}'),
      argumentsDelta(2, '2}'),
      done(2, { ...second, arguments: '{"n":2}' }),
      textDelta(0, 'b'),
      done(0, { ...message, content: [outputText('ab')] }),
      done(1, { ...call, arguments: '{}' }),
    ];
    expect(answerOf(...events)).toMatchObject({
      blocks: [callBlock('a', '{}'), callBlock('b', '{"n":2}'), { type: 'text', text: 'ab' }],
      stop: 'tool',
    });
  });

  it('that are done twice are said once', () => {
    const items = [
      { ...message, content: [outputText('a')] },
      { ...call, arguments: '{}' },
      { ...reasoning, encrypted_content: 'e' },
      { type: 'web_search_call', id: 'ws_1' },
    ];
    expect(answerOf(...items.flatMap((item, place) => [done(place, item), done(place, item)])).blocks).toHaveLength(4);
  });

  it('may all come with the last event', () => {
    const output = [message, { ...message, content: [outputText('a')] }, { ...call, arguments: '{}' }];
    expect(decodeResponses([lifecycle('completed', { output, usage })]).response()).toMatchObject({
      id: 'resp_1',
      blocks: [{ text: 'a' }, callBlock('a', '{}')],
      stop: 'tool',
      usage: { inputText: 3 },
    });
  });

  it('may come before the answer is announced', () => {
    expect(decodeResponses([textDelta(0, 'a'), created, completed]).calls.slice(0, 2)).toEqual([
      ['start', '', ''],
      ['openBlock', 0, { type: 'text' }],
    ]);
  });

  it('say what only answers keep that pass unchanged', () => {
    const context = testContext();
    const item = { ...message, phase: 'commentary', content: [{ ...outputText('a'), logprobs: [{ token: 'a' }] }] };
    decodeResponses([created, textDelta(0, 'a'), done(0, item), completed], 'done', context);
    expect(context.lostFields()).toEqual(['logprobs', 'phase']);
  });
});

describe('the end of a stream', () => {
  const said = textDelta(0, 'a');
  const cut = { kind: 'network', code: 'upstream_cut', retry: 'other' };
  const refusal = itemEvent('refusal.delta', 0, { content_index: 0, delta: 'No.' });
  const incomplete = (reason: string) => lifecycle('incomplete', { status: 'incomplete', incomplete_details: { reason } });

  it.each<[string, readonly JsonObject[], string]>([
    ['well', [said, completed], 'end'],
    ['at the limit', [said, incomplete('max_output_tokens')], 'length'],
    ['by the filter', [said, incomplete('content_filter')], 'filter'],
    ['with a call', [added(0, call), completed], 'tool'],
    ['with a call that has no name, which is none', [added(0, { ...call, name: '' }), argumentsDelta(0, '{}'), completed], 'end'],
    ['with a call at the limit', [added(0, call), incomplete('max_output_tokens')], 'length'],
    ['with a refusal', [refusal, completed], 'refusal'],
    [
      'with a refusal that only the item says',
      [done(0, { ...message, content: [{ type: 'refusal', refusal: 'No.' }] }), completed],
      'refusal',
    ],
    ['by someone who cancelled it', [said, lifecycle('cancelled', { status: 'cancelled' })], 'error'],
  ])('%s', (_name, events, stop) => {
    expect(decodeResponses([created, ...events]).response().stop).toBe(stop);
  });

  it.each<[string, readonly GivenFrame[], 'done' | 'cut', object]>([
    ['before anything', [], 'cut', cut],
    ['with nothing at all', [], 'done', { kind: 'server', code: 'upstream_empty' }],
    ['with the mark of chat alone', ['[DONE]'], 'done', { kind: 'server', code: 'upstream_empty' }],
    ['after its start', [created], 'cut', cut],
    ['without its last event', [created, said, done(0, { ...message, content: [outputText('a')] })], 'done', cut],
    ['without its last event but with the mark of chat', [created, said, '[DONE]'], 'done', cut],
  ])('%s is a failure', (_name, frames, end, verdict) => {
    expect(decodeResponses(frames, end).calls.at(-1)).toMatchObject(['fail', verdict]);
  });

  it.each<[string, readonly JsonObject[], object]>([
    [
      'flat, as documented',
      [{ type: 'error', code: 'rate_limit_exceeded', message: 'Slow down.', param: null }],
      { kind: 'rate-limit', message: 'Slow down.' },
    ],
    [
      'nested, as sent',
      [{ type: 'error', error: { type: 'invalid_request_error', code: null, message: 'No.', param: 'input' } }],
      { kind: 'invalid-request', field: 'input' },
    ],
    ['without a type', [{ error: { message: 'Broke.', code: 502 } }], { status: 502 }],
    [
      'in the answer',
      [lifecycle('failed', { status: 'failed', error: { code: 'server_error', message: 'Broke.' } })],
      { kind: 'server', message: 'Broke.' },
    ],
    ['without a reason', [lifecycle('failed', { status: 'failed', error: null })], { kind: 'server', code: 'upstream_failed' }],
  ])('by an error %s', (_name, events, verdict) => {
    for (const before of [[], [created, said]]) {
      const { calls } = decodeResponses([...before, ...events, completed]);
      expect(calls.at(-1)).toMatchObject(['fail', verdict]);
    }
  });
});

describe('any stream', () => {
  const anyText = fc.constantFrom<unknown>('', 'a', 'ab', null, 7);
  const anyItem = fc.record(
    {
      type: fc.constantFrom<unknown>('message', 'reasoning', 'function_call', 'custom_tool_call', 'image_generation_call', 'other', null),
      name: anyText,
      call_id: anyText,
      arguments: anyText,
      input: anyText,
      result: anyText,
      encrypted_content: anyText,
      summary: fc.oneof(fc.constant(null), fc.array(fc.record({ text: anyText }), { maxLength: 2 })),
      content: fc.oneof(
        fc.constant(7),
        fc.array(fc.record({ type: fc.constantFrom('output_text', 'refusal'), text: anyText }), { maxLength: 2 }),
      ),
    },
    { requiredKeys: [] },
  );
  const eventTypes =
    `output_item.added output_item.done output_text.delta output_text.done content_part.done refusal.delta function_call_arguments.delta
    function_call_arguments.done custom_tool_call_input.delta custom_tool_call_input.done reasoning_text.delta reasoning_summary_text.delta
    output_text.annotation.added in_progress`.split(/\s+/);
  const anyEvent = fc
    .record(
      {
        type: fc.constantFrom(...eventTypes).map((type) => `response.${type}`),
        output_index: fc.constantFrom<unknown>(0, 1, 2, '0', null),
        content_index: fc.constantFrom<unknown>(0, 1, 'x', null),
        delta: anyText,
        text: anyText,
        arguments: anyText,
        input: anyText,
        item: fc.oneof(anyItem, anyText),
        part: fc.oneof(anyItem, anyText),
        annotation: fc.oneof(fc.constant({ url: 'https://example.org' }), anyText),
      },
      { requiredKeys: ['type'] },
    )
    .map((event) => event as JsonObject);

  it('is told in the order that encoders rely on, and ends once', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), fc.boolean(), (events, isWhole) => {
        const { calls } = decodeResponses(isWhole ? [...events, completed] : events, 'cut');
        expect(calls.at(-1)?.[0]).toBe(isWhole ? 'stop' : 'fail');
      }),
      { numRuns: 1_000 },
    );
  });
});
