import { type CanonicalSink, type JsonObject, verdictForKind } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRequest } from '../testing/canonical.js';
import { checkEventOrder } from '../testing/event-order.js';
import { playChoices } from '../testing/play-choices.js';
import { encodeResponses, eventsOf } from '../testing/responses-streams.js';
import { testContext } from '../testing/test-context.js';

const declared = canonicalRequest({ stream: true, tools: [{ name: 'patch', freeform: true }, { name: 'weather' }] });

/** The events between the beginning and the end of an answer, without their numbers. */
function eventsBetween(play: (sink: CanonicalSink) => void, context = testContext()): readonly JsonObject[] {
  const frames = encodeResponses(
    (sink) => {
      sink.start('resp_1', 'm');
      play(sink);
      sink.stop('end');
    },
    declared,
    context,
  );
  checkEventOrder(frames);
  return eventsOf(frames)
    .slice(2, -1)
    .map(({ sequence_number: _number, ...event }) => event);
}

/** What happens to which item, in short. */
function courseOf(play: (sink: CanonicalSink) => void): readonly string[] {
  return eventsBetween(play).map((event) => `${String(event['type']).slice('response.'.length)} ${String(event['output_index'])}`);
}

/** The items of the answer, without their ids. */
function itemsOf(play: (sink: CanonicalSink) => void): readonly object[] {
  return eventsBetween(play)
    .filter(({ type }) => type === 'response.output_item.done')
    .map(({ item }) => ({ ...(item as object), id: undefined }));
}

const openCall = (id: string, name = 'weather') => ({ type: 'tool-call', id, name }) as const;
const google = { vendor: 'google', value: 'g' };

describe('stream encoder', () => {
  it('writes an answer as the vendor does', () => {
    const frames = encodeResponses((sink) => {
      sink.start('resp_1', 'some-model');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'He said "hi"\n\u2028');
      sink.closeBlock(0);
      sink.usage({ inputText: 3, outputText: 4 });
      sink.stop('end');
    });
    checkEventOrder(frames);
    const text = 'He said "hi"\n\u2028';
    const part = (said: string) => ({ type: 'output_text', text: said, annotations: [], logprobs: [] });
    const item = (status: string, content: object[]) => ({ id: 'msg_1', type: 'message', status, role: 'assistant', content });
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const begun = expect.objectContaining({ id: 'resp_1', model: 'some-model', status: 'in_progress', output: [], usage: null }) as unknown;
    const usage = expect.objectContaining({ input_tokens: 3, output_tokens: 4, total_tokens: 7 }) as unknown;
    expect(eventsOf(frames)).toEqual([
      { type: 'response.created', sequence_number: 0, response: begun },
      { type: 'response.in_progress', sequence_number: 1, response: begun },
      { type: 'response.output_item.added', sequence_number: 2, output_index: 0, item: item('in_progress', []) },
      { type: 'response.content_part.added', sequence_number: 3, ...place, part: part('') },
      { type: 'response.output_text.delta', sequence_number: 4, ...place, delta: text, logprobs: [] },
      { type: 'response.output_text.done', sequence_number: 5, ...place, text, logprobs: [] },
      { type: 'response.content_part.done', sequence_number: 6, ...place, part: part(text) },
      { type: 'response.output_item.done', sequence_number: 7, output_index: 0, item: item('completed', [part(text)]) },
      {
        type: 'response.completed',
        sequence_number: 8,
        response: expect.objectContaining({ status: 'completed', output: [item('completed', [part(text)])], usage }) as unknown,
      },
    ]);
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['filter', 'content_filter'],
  ] as const)('ends with the event of an incomplete answer at %s', (stop, reason) => {
    const frames = encodeResponses((sink) => {
      sink.start('resp_1', 'm');
      sink.stop(stop);
    });
    checkEventOrder(frames);
    expect(eventsOf(frames).at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason } },
    });
  });

  it('gives an id of its own where the upstream’s is of another kind', () => {
    const frames = encodeResponses((sink) => sink.start('chatcmpl-1', ''));
    expect(eventsOf(frames)[0]).toMatchObject({ response: { id: 'resp_1', model: 'gpt-4o-mini' } });
  });
});

describe('the messages of a stream', () => {
  it('stay open for the texts that follow', () => {
    const oneText = ['content_part.added 0', 'output_text.delta 0', 'output_text.done 0', 'content_part.done 0'];
    expect(
      courseOf((sink) => {
        for (const index of [0, 1]) {
          sink.openBlock(index, { type: 'text' });
          sink.textDelta(index, 'a');
          sink.closeBlock(index);
        }
      }),
    ).toEqual(['output_item.added 0', ...oneText, ...oneText, 'output_item.done 0']);
  });

  it('end where something else follows, and wait for their open texts', () => {
    const course = courseOf((sink) => {
      sink.openBlock(0, { type: 'text' });
      sink.openBlock(1, openCall('a'));
      sink.textDelta(0, 'a');
      sink.closeBlock(1);
      sink.openBlock(2, { type: 'text' });
      sink.closeBlock(0);
      sink.closeBlock(2);
    });
    expect(course.filter((step) => step.startsWith('output_item'))).toEqual([
      'output_item.added 0',
      'output_item.added 1',
      'output_item.done 1',
      'output_item.added 2',
      'output_item.done 0',
      'output_item.done 2',
    ]);
  });

  it('cite on the way', () => {
    const events = eventsBetween((sink) => {
      sink.openBlock(0, { type: 'text' });
      sink.citation(0, { url: 'https://example.org', title: 'T' });
      sink.textDelta(0, 'a');
      sink.citation(0, { quote: 'q' });
      sink.closeBlock(0);
    });
    const annotation = { type: 'url_citation', url: 'https://example.org', title: 'T', start_index: 0, end_index: 0 };
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    expect(events.filter(({ type }) => type === 'response.output_text.annotation.added')).toEqual([
      { type: 'response.output_text.annotation.added', ...place, annotation_index: 0, annotation },
      { type: 'response.output_text.annotation.added', ...place, annotation_index: 1, annotation: { ...annotation, url: '', title: '' } },
    ]);
    expect(events.at(-1)).toMatchObject({ item: { content: [{ annotations: [annotation, { url: '' }] }] } });
  });

  it('are told apart by the seal of a text, which follows it', () => {
    expect(
      itemsOf((sink) => {
        sink.openBlock(0, { type: 'text' });
        sink.textDelta(0, 'a');
        sink.seal(0, google);
        sink.closeBlock(0);
        sink.openBlock(1, { type: 'text' });
        sink.textDelta(1, 'b');
        sink.closeBlock(1);
      }),
    ).toMatchObject([
      { type: 'message', content: [{ text: 'a' }] },
      { type: 'reasoning', summary: [], encrypted_content: 'tg1p..tg1.google..g' },
      { type: 'message', content: [{ text: 'b' }] },
    ]);
  });
});

describe('the reasoning of a stream', () => {
  it('is a summary of one part, with its seal on the whole item', () => {
    const events = eventsBetween((sink) => {
      sink.openBlock(0, { type: 'thinking' });
      sink.textDelta(0, 'H');
      sink.textDelta(0, 'm');
      sink.seal(0, { vendor: 'openai', value: 'e' });
      sink.closeBlock(0);
    });
    const place = { item_id: 'rs_1', output_index: 0, summary_index: 0 };
    const part = (text: string) => ({ type: 'summary_text', text });
    const item = (encrypted: string, ...summary: object[]) => ({ id: 'rs_1', type: 'reasoning', summary, encrypted_content: encrypted });
    expect(events).toEqual([
      { type: 'response.output_item.added', output_index: 0, item: item('tg1...') },
      { type: 'response.reasoning_summary_part.added', ...place, part: part('') },
      { type: 'response.reasoning_summary_text.delta', ...place, delta: 'H' },
      { type: 'response.reasoning_summary_text.delta', ...place, delta: 'm' },
      { type: 'response.reasoning_summary_text.done', ...place, text: 'Hm' },
      { type: 'response.reasoning_summary_part.done', ...place, part: part('Hm') },
      { type: 'response.output_item.done', output_index: 0, item: item('e', part('Hm')) },
    ]);
  });

  it('of which its vendor says nothing has an empty part, so that it is told from redacted thinking', () => {
    const events = eventsBetween((sink) => {
      sink.openBlock(0, { type: 'thinking' });
      sink.seal(0, google);
      sink.closeBlock(0);
    });
    expect(events.at(-1)?.['item']).toMatchObject({
      summary: [{ type: 'summary_text', text: '' }],
      encrypted_content: 'tg1.google..g',
    });
  });

  it('that is redacted has no part', () => {
    expect(
      courseOf((sink) => {
        sink.openBlock(0, { type: 'thinking', redacted: true });
        sink.seal(0, google);
        sink.closeBlock(0);
      }),
    ).toEqual(['output_item.added 0', 'output_item.done 0']);
  });
});

describe('the calls of a stream', () => {
  /** One call, and what its events say of it. */
  function oneCall(name: string, freeform: boolean, ...fragments: string[]) {
    const events = eventsBetween((sink) => {
      sink.openBlock(0, freeform ? { ...openCall('a', name), freeform: true } : openCall('a', name));
      for (const fragment of fragments) sink.argumentsDelta(0, fragment);
      sink.closeBlock(0);
    });
    const said = (type: string) => events.filter((event) => event['type'] === `response.${type}`);
    return {
      announced: said('output_item.added')[0]?.['item'],
      deltas: [...said('function_call_arguments.delta'), ...said('custom_tool_call_input.delta')].map(({ delta }) => delta),
      end: [...said('function_call_arguments.done'), ...said('custom_tool_call_input.done')],
      item: said('output_item.done')[0]?.['item'],
    };
  }

  const functionItem = { id: 'fc_1', type: 'function_call', call_id: 'a', name: 'weather' };
  const customItem = { id: 'ctc_1', type: 'custom_tool_call', call_id: 'a', name: 'patch' };

  it('of functions come in fragments', () => {
    expect(oneCall('weather', false, '{"n"', ':1}')).toEqual({
      announced: { ...functionItem, status: 'in_progress', arguments: '' },
      deltas: ['{"n"', ':1}'],
      end: [{ type: 'response.function_call_arguments.done', item_id: 'fc_1', output_index: 0, name: 'weather', arguments: '{"n":1}' }],
      item: { ...functionItem, status: 'completed', arguments: '{"n":1}' },
    });
  });

  it('of functions without arguments have an empty object', () => {
    expect(oneCall('weather', false)).toMatchObject({ deltas: ['{}'], item: { arguments: '{}' } });
  });

  it('of tools for plain text come in fragments', () => {
    expect(oneCall('patch', true, 'a', 'b')).toEqual({
      announced: { ...customItem, input: '' },
      deltas: ['a', 'b'],
      end: [{ type: 'response.custom_tool_call_input.done', item_id: 'ctc_1', output_index: 0, input: 'ab' }],
      item: { ...customItem, input: 'ab' },
    });
    expect(oneCall('patch', true)).toMatchObject({ deltas: [], item: { input: '' } });
  });

  it('are of the kind of tool that the caller declared, whatever the upstream took it for', () => {
    expect(oneCall('patch', false, '{"input":', '"a\\nb"}')).toMatchObject({
      announced: { ...customItem, input: '' },
      deltas: ['a\nb'],
      item: { ...customItem, input: 'a\nb' },
    });
    expect(oneCall('weather', true, 'a', 'b')).toMatchObject({
      announced: { ...functionItem, arguments: '' },
      deltas: ['{"input":"ab"}'],
      item: { ...functionItem, arguments: '{"input":"ab"}' },
    });
  });

  it('may be open at once', () => {
    expect(
      itemsOf((sink) => {
        sink.openBlock(0, openCall('a'));
        sink.openBlock(1, openCall('b'));
        sink.argumentsDelta(1, '{"n":2}');
        sink.argumentsDelta(0, '{"n":1}');
        sink.closeBlock(1);
        sink.closeBlock(0);
      }),
    ).toMatchObject([
      { call_id: 'b', arguments: '{"n":2}' },
      { call_id: 'a', arguments: '{"n":1}' },
    ]);
  });

  it('are followed by reasoning that keeps their seal', () => {
    expect(
      itemsOf((sink) => {
        sink.openBlock(0, openCall('a'));
        sink.seal(0, google);
        sink.closeBlock(0);
      }),
    ).toMatchObject([
      { type: 'function_call', call_id: 'a' },
      { type: 'reasoning', summary: [], encrypted_content: 'tg1p.YQ.tg1.google..g' },
    ]);
  });
});

describe('what arrives whole', () => {
  it('is told at once, or said to be lost', () => {
    const context = testContext();
    const own = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const events = eventsBetween((sink) => {
      sink.wholeBlock(0, { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } });
      sink.wholeBlock(1, { type: 'opaque', dialect: 'openai-responses', data: own });
      sink.wholeBlock(2, { type: 'media', media: 'video', source: { base64: 'QUJD' } });
      sink.wholeBlock(3, { type: 'opaque', dialect: 'gemini', data: {} });
    }, context);
    const image = { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'QUJD' };
    expect(events).toEqual([
      { type: 'response.output_item.added', output_index: 0, item: image },
      { type: 'response.output_item.done', output_index: 0, item: image },
      { type: 'response.output_item.added', output_index: 1, item: own },
      { type: 'response.output_item.done', output_index: 1, item: own },
    ]);
    expect(context.lostFields()).toEqual(['media block', 'opaque block']);
  });
});

describe('a failing stream', () => {
  const verdict = verdictForKind('rate-limit', 429, 'Slow down.', 'slow_down');
  const error = { message: 'Slow down.', type: 'rate_limit_exceeded', param: null, code: 'slow_down' };

  it('ends with the error and the answer that failed, with what it had said', () => {
    const frames = encodeResponses((sink) => {
      sink.start('resp_1', 'm');
      sink.openBlock(0, { type: 'text' });
      sink.textDelta(0, 'a');
      sink.fail(verdict);
    });
    checkEventOrder(frames);
    expect(eventsOf(frames).slice(-2)).toMatchObject([
      { type: 'error', code: 'slow_down', message: 'Slow down.', param: null, error },
      {
        type: 'response.failed',
        response: {
          id: 'resp_1',
          status: 'failed',
          error: { code: 'slow_down', message: 'Slow down.' },
          output: [{ content: [{ text: 'a' }] }],
        },
      },
    ]);
  });

  it('may fail before it begins', () => {
    const frames = encodeResponses((sink) => sink.fail({ ...verdict, field: 'input.0' }));
    expect(eventsOf(frames)).toMatchObject([
      { type: 'error', sequence_number: 0, error: { ...error, param: 'input.0' } },
      { type: 'response.failed', sequence_number: 1, response: { id: 'resp_1', model: 'gpt-4o-mini', status: 'failed' } },
    ]);
  });
});

describe('any stream', () => {
  it('keeps the order that clients rely on, whichever legal calls arrive', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 99 }), { maxLength: 60 }), fc.boolean(), (choices, fails) => {
        checkEventOrder(encodeResponses((sink) => playChoices(sink, choices, fails), declared));
      }),
      { numRuns: 500 },
    );
  });
});
