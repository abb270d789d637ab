import type { JsonObject } from '@tollgate/plugin-kit';
import { checkedSink } from '@tollgate/plugin-kit/conformance';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk, decodeChat, type GivenFrame } from '../testing/chat-streams.js';
import { testContext } from '../testing/test-context.js';
import { decodeResponse } from './decode-response.js';
import { ChatStreamDecoder } from './stream-decoder.js';

/** The answer of a stream that ends as it should. */
function answerOf(...frames: readonly JsonObject[]) {
  return decodeChat([...frames, '[DONE]']).response();
}

/** The blocks that deltas add up to. */
function blocksOf(...deltas: readonly JsonObject[]) {
  return answerOf(...deltas.map((delta) => chunk(delta)), chunk({}, 'stop')).blocks;
}

function endingOf(frames: readonly GivenFrame[], end: 'done' | 'cut' = 'done') {
  return decodeChat(frames, end).calls.at(-1);
}

const call = (index: number | undefined, id: string | undefined, name: string | undefined, given: string | undefined): JsonObject => ({
  tool_calls: [
    {
      ...(index === undefined ? {} : { index }),
      ...(id === undefined ? {} : { id, type: 'function' }),
      function: { ...(name === undefined ? {} : { name }), ...(given === undefined ? {} : { arguments: given }) },
    },
  ],
});

describe('stream decoder', () => {
  it('passes each delta on as it comes', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    const frames = [
      chunk({ role: 'assistant', content: '', refusal: null }),
      chunk({ content: 'Hel' }),
      chunk({ content: 'lo' }),
      chunk({}, 'stop'),
      { ...chunk({}), choices: [], usage },
      '[DONE]',
    ];
    expect(decodeChat(frames).calls).toEqual([
      ['start', 'chatcmpl-1', 'gpt-4o-mini'],
      ['openBlock', 0, { type: 'text' }],
      ['textDelta', 0, 'Hel'],
      ['textDelta', 0, 'lo'],
      ['usage', expect.objectContaining({ inputText: 3, outputText: 2 })],
      ['closeBlock', 0],
      ['stop', 'end'],
    ]);
  });

  it('reads nothing after the end', () => {
    const calls = decodeChat([chunk({ content: 'a' }, 'stop'), '[DONE]', chunk({ content: 'b' }), '[DONE]', 'no JSON']).calls;
    expect(calls.at(-1)).toEqual(['stop', 'end']);
    expect(calls.filter(([name]) => name === 'textDelta')).toHaveLength(1);
  });

  it('reads the first choice only', () => {
    const second = { ...chunk({}), choices: [{ index: 1, delta: { content: 'other' }, finish_reason: 'length' }] };
    const unnumbered = { ...chunk({}), choices: [{ delta: { content: 'b' }, finish_reason: null }] };
    expect(answerOf(chunk({ content: 'a' }), second, unnumbered, chunk({}, 'stop'))).toMatchObject({
      blocks: [{ type: 'text', text: 'ab' }],
      stop: 'end',
    });
  });

  it('lets a vendor’s frame be edited before it is read', () => {
    const rename = (frame: JsonObject): void => {
      frame['model'] = 'renamed';
    };
    expect(decodeChat([chunk({ content: 'a' }, 'stop'), '[DONE]'], 'done', rename).response().model).toBe('renamed');
  });

  it('throws what is no JSON, and overlooks what is no object', () => {
    expect(() => decodeChat(['{"choices":'])).toThrow(SyntaxError);
    expect(decodeChat(['null', '7', '[]', chunk({ content: 'a' }, 'stop'), '[DONE]']).response().blocks).toHaveLength(1);
  });
});

describe('the deltas of a stream', () => {
  it.each<[string, readonly JsonObject[], unknown]>([
    ['nulls', [{ role: 'assistant', content: null, refusal: null, tool_calls: null }], []],
    ['parts', [{ content: [{ type: 'text', text: 'a' }] }, { content: 'b' }], [{ type: 'text', text: 'ab' }]],
    [
      'thinking, then words',
      [
        { reasoning_content: 'H', content: null },
        { reasoning_content: 'm', content: '' },
        { content: 'a', reasoning_content: null },
      ],
      [
        { type: 'thinking', text: 'Hm' },
        { type: 'text', text: 'a' },
      ],
    ],
    [
      'thinking and words in one delta',
      [{ reasoning: 'Hm', content: 'a' }],
      [
        { type: 'thinking', text: 'Hm' },
        { type: 'text', text: 'a' },
      ],
    ],
    [
      'thinking in details',
      [
        { content: '', reasoning: null, reasoning_details: [] },
        { content: '', reasoning_details: [{ type: 'reasoning.text', text: 'H', index: 0 }] },
        { content: '', reasoning_details: [{ type: 'reasoning.text', text: 'm', index: 0 }] },
        { content: '', reasoning_details: [{ type: 'reasoning.text', signature: 's', index: 0 }] },
      ],
      [{ type: 'thinking', text: 'Hm' }],
    ],
    [
      'thinking again after words',
      [{ reasoning: 'a' }, { content: 'b' }, { reasoning: 'c' }],
      [
        { type: 'thinking', text: 'a' },
        { type: 'text', text: 'b' },
        { type: 'thinking', text: 'c' },
      ],
    ],
    [
      'sources',
      [{ content: 'a' }, { annotations: [{ type: 'url_citation', url_citation: { url: 'https://example.org', title: 'T' } }] }],
      [{ type: 'text', text: 'a', citations: [{ url: 'https://example.org', title: 'T' }] }],
    ],
    [
      'pictures',
      [{ content: 'a' }, { images: [{ type: 'image_url', image_url: { url: 'https://example.org/a.png' } }] }, { content: 'b' }],
      [
        { type: 'text', text: 'a' },
        { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } },
        { type: 'text', text: 'b' },
      ],
    ],
  ])('are read: %s', (_name, deltas, blocks) => {
    expect(blocksOf(...deltas)).toEqual(blocks);
  });

  it('tell a refusal from an answer by its field', () => {
    expect(answerOf(chunk({ refusal: 'N' }), chunk({ refusal: 'o.' }), chunk({}, 'stop'))).toMatchObject({
      blocks: [{ type: 'text', text: 'No.' }],
      stop: 'refusal',
    });
  });

  it('say when sources come too late for their text', () => {
    const context = testContext();
    const decoder = new ChatStreamDecoder(checkedSink(), context);
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://example.org' } }];
    for (const delta of [{ content: 'a' }, call(0, 'a', 'x', '{}'), { annotations }])
      decoder.frame(JSON.stringify(chunk(delta)), undefined);
    expect(context.lostFields()).toEqual(['annotations']);
  });
});

describe('streamed tool calls', () => {
  const toolCall = (id: string, name: string, given: string) => ({ type: 'tool-call', id, name, arguments: given });

  it.each<[string, readonly JsonObject[], unknown]>([
    [
      'in fragments',
      [call(0, 'a', 'x', ''), call(0, undefined, undefined, '{"n"'), call(0, undefined, undefined, ':1}')],
      [toolCall('a', 'x', '{"n":1}')],
    ],
    ['in one piece', [call(0, 'a', 'x', '{"n":1}')], [toolCall('a', 'x', '{"n":1}')]],
    ['without arguments', [call(0, 'a', 'x', '')], [toolCall('a', 'x', '{}')]],
    ['with an id that comes back empty', [call(0, 'a', 'x', '{'), call(0, '', undefined, '}')], [toolCall('a', 'x', '{}')]],
    ['with id and name on every fragment', [call(0, 'a', 'x', '{'), call(0, 'a', 'x', '}')], [toolCall('a', 'x', '{}')]],
    ['with a name that comes after the arguments', [call(0, 'a', undefined, '{'), call(0, 'a', 'x', '}')], [toolCall('a', 'x', '{}')]],
    ['without an id', [call(0, undefined, 'x', '{}')], [toolCall('call_1', 'x', '{}')]],
    [
      'interleaved',
      [call(0, 'a', 'x', ''), call(1, 'b', 'y', ''), call(1, undefined, undefined, '{"n":2}'), call(0, undefined, undefined, '{"n":1}')],
      [toolCall('a', 'x', '{"n":1}'), toolCall('b', 'y', '{"n":2}')],
    ],
    ['counted from one', [call(1, 'a', 'x', '{}'), call(2, 'b', 'y', '{}')], [toolCall('a', 'x', '{}'), toolCall('b', 'y', '{}')]],
    ['all numbered 0', [call(0, 'a', 'x', '{}'), call(0, 'b', 'x', '{}')], [toolCall('a', 'x', '{}'), toolCall('b', 'x', '{}')]],
    [
      'numbered by no one',
      [call(undefined, 'a', 'x', '{'), call(undefined, undefined, undefined, '}'), call(undefined, 'b', 'y', '{}')],
      [toolCall('a', 'x', '{}'), toolCall('b', 'y', '{}')],
    ],
    [
      'numbered and named by no one but the tool',
      [call(undefined, undefined, 'x', '{"n":1}'), call(undefined, undefined, 'x', '{"n":2}')],
      [toolCall('call_1', 'x', '{"n":1}'), toolCall('call_2', 'x', '{"n":2}')],
    ],
    [
      'with parsed arguments',
      [{ tool_calls: [{ index: 0, id: 'a', function: { name: 'x', arguments: { n: 1 } } }] }],
      [toolCall('a', 'x', '{"n":1}')],
    ],
    [
      'for plain text',
      [
        { tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'patch', input: '' } }] },
        { tool_calls: [{ index: 0, custom: { input: 'plain' } }] },
      ],
      [{ ...toolCall('a', 'patch', 'plain'), freeform: true }],
    ],
    [
      'in the vendor’s first form',
      [{ function_call: { name: 'x', arguments: '' } }, { function_call: { arguments: '{}' } }],
      [toolCall('call_1', 'x', '{}')],
    ],
  ])('are joined: %s', (_name, deltas, blocks) => {
    const answer = answerOf(...deltas.map((delta) => chunk(delta)), chunk({}, 'tool_calls'));
    expect(answer.blocks).toEqual(blocks);
    expect(answer.stop).toBe('tool');
  });

  it('end the answer with a wish for results, whatever the server calls its end', () => {
    expect(answerOf(chunk(call(0, 'a', 'x', '{}')), chunk({}, 'stop')).stop).toBe('tool');
    expect(answerOf(chunk(call(0, 'a', 'x', '{')), chunk({}, 'length')).stop).toBe('length');
  });

  it('that never get a name are none', () => {
    expect(answerOf(chunk(call(0, 'a', undefined, '{}')), chunk({}, 'stop'))).toMatchObject({ blocks: [], stop: 'end' });
  });
});

describe('usage in a stream', () => {
  const stated = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const counted = { inputText: 3, outputText: 2 };

  it.each<[string, readonly JsonObject[]]>([
    ['a last chunk', [chunk({ content: 'a' }), chunk({}, 'stop'), { ...chunk({}), choices: [], usage: stated }]],
    ['the chunk with the end', [chunk({ content: 'a' }, 'stop', { usage: stated })]],
    ['a member of its own', [chunk({ content: 'a' }, 'stop', { x_groq: { id: 'r', usage: stated } })]],
    ['the choice', [{ ...chunk({}), choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop', usage: stated }] }]],
    [
      'every chunk, growing',
      [
        chunk({ content: 'a' }, null, { usage: { ...stated, completion_tokens: 1, total_tokens: 4 } }),
        chunk({}, 'stop', { usage: stated }),
      ],
    ],
    ['a chunk before others that have none', [chunk({ content: 'a' }, null, { usage: stated }), chunk({}, 'stop', { usage: null })]],
    ['a first chunk without choices', [{ ...chunk({}), choices: [], usage: stated }, chunk({ content: 'a' }, 'stop')]],
  ])('is found in %s', (_name, frames) => {
    expect(answerOf(...frames)).toMatchObject({ blocks: [{ text: 'a' }], usage: counted });
  });
});

describe('the end of a stream', () => {
  const cut = ['fail', expect.objectContaining({ kind: 'network', code: 'upstream_cut', retry: 'other' })];
  const empty = ['fail', expect.objectContaining({ kind: 'server', code: 'upstream_empty', retry: 'other' })];
  const said = chunk({ content: 'a' });

  it.each<[string, readonly GivenFrame[], 'done' | 'cut', unknown]>([
    ['by the vendor’s word', [said, chunk({}, 'stop'), '[DONE]'], 'done', ['stop', 'end']],
    ['by the word alone', [said, '[DONE]'], 'done', ['stop', 'end']],
    ['without the word', [said, chunk({}, 'length')], 'done', ['stop', 'length']],
    ['cut after its reason', [said, chunk({}, 'stop')], 'cut', ['stop', 'end']],
    ['cut before', [said], 'cut', cut],
    ['closed before, however well', [said], 'done', cut],
    ['with a reason that is none', [said, chunk({}, '')], 'done', cut],
    ['before its start', [], 'cut', cut],
    ['with no answer at all', [], 'done', empty],
    ['with the word alone', ['[DONE]'], 'done', empty],
    ['with a role alone', [chunk({ role: 'assistant', content: '' }), '[DONE]'], 'done', empty],
    ['with a reason alone', [chunk({}, 'content_filter'), '[DONE]'], 'done', ['stop', 'filter']],
    ['with a reason that nobody knows', [said, chunk({}, 'constructor'), '[DONE]'], 'done', ['stop', 'end']],
  ])('%s', (_name, frames, end, ending) => {
    expect(endingOf(frames, end)).toEqual(ending);
  });

  it('with open calls closes them', () => {
    expect(
      decodeChat([chunk(call(0, 'a', 'x', '')), chunk(call(1, 'b', 'y', '{}')), chunk({}, 'tool_calls')], 'cut').response().blocks,
    ).toHaveLength(2);
  });
});

describe('an error in a stream', () => {
  const error = { message: 'Broke.', code: 502 };
  const failed = ['fail', expect.objectContaining({ status: 502, message: 'Broke.', retry: 'other' })];

  it.each<[string, readonly GivenFrame[]]>([
    ['in a chunk of its own', [chunk({ content: 'a' }), { error }, '[DONE]']],
    ['beside a choice', [chunk({ content: 'a' }), chunk({ content: '' }, null, { error }), '[DONE]']],
    ['after a reason', [chunk({ content: 'a' }, 'length'), chunk({ content: '' }, null, { error }), '[DONE]']],
    ['before anything', [{ error }]],
  ])('%s fails the answer', (_name, frames) => {
    expect(endingOf(frames)).toEqual(failed);
  });

  it('counts what it states', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
    expect(decodeChat([chunk({ content: 'a' }), chunk({}, null, { error, usage })]).response()).toMatchObject({
      stop: 'error',
      usage: { inputText: 3, outputText: 2 },
    });
  });

  it('is none if it says nothing', () => {
    for (const nothing of [null, '', {}]) expect(endingOf([chunk({ content: 'a' }, 'stop', { error: nothing })])).toEqual(['stop', 'end']);
  });

  it('may be known by the name of its event alone', () => {
    const sink = checkedSink();
    new ChatStreamDecoder(sink, testContext()).frame('{"message":"Broke.","status":502}', 'error');
    expect(sink.calls).toEqual([failed]);
  });
});

describe('any stream', () => {
  const anyDelta = fc.dictionary(
    fc.constantFrom(
      'content',
      'refusal',
      'reasoning',
      'reasoning_details',
      'annotations',
      'audio',
      'images',
      'tool_calls',
      'function_call',
    ),
    fc.oneof(
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(
        fc.record(
          {
            index: fc.constantFrom<unknown>(0, 1, 2, '0', null),
            id: fc.constantFrom<unknown>('', 'a', 'b', null),
            type: fc.constantFrom('text', 'thinking', 'function'),
            text: fc.string(),
            data: fc.constantFrom<unknown>('', 'd', 'tg1p..tg1.google..g', 'tg1p.YQ.tg1.google..g', 7),
            signature: fc.constantFrom<unknown>('', 's', 'tg1.anthropic..s', null),
            format: fc.constantFrom<unknown>('anthropic-claude-v1', 'google-gemini-v1', 'openai-responses-v1', '', null),
            function: fc.record({
              name: fc.constantFrom<unknown>('', 'x', 'y', null),
              arguments: fc.constantFrom<unknown>('', '{}', {}, null),
            }),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 3 },
      ),
    ),
  );
  const anyChunk = fc
    .tuple(anyDelta, fc.constantFrom(null, null, null, 'stop', 'tool_calls', ''), fc.jsonValue({ maxDepth: 1 }))
    .map(([delta, finishReason, usage]) => chunk(delta as JsonObject, finishReason, { usage }));

  it('keeps the order of a sink, and ends', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: anyChunk }, fc.constant<GivenFrame>('[DONE]')), { maxLength: 8 }), (frames) => {
        expect(['stop', 'fail']).toContain(endingOf(frames)?.[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('means what the whole answer means', () => {
    const message = fc.record(
      {
        reasoning_content: fc.string(),
        content: fc.oneof(fc.string(), fc.constant(null)),
        tool_calls: fc.array(fc.record({ name: fc.constantFrom('x', 'y'), given: fc.string() }), { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['content'] },
    );
    fc.assert(
      fc.property(message, fc.constantFrom('stop', 'length', 'content_filter'), ({ tool_calls: calls, ...said }, finishReason) => {
        const whole = (calls ?? []).map(({ name, given }, index) => ({
          index,
          id: `call-${index}`,
          type: 'function',
          function: { name, arguments: given },
        }));
        const body = {
          ...chunk({}),
          choices: [{ index: 0, message: { ...said, tool_calls: whole }, finish_reason: finishReason }],
        };
        expect(answerOf(chunk(said), ...whole.map((one) => chunk({ tool_calls: [one] })), chunk({}, finishReason))).toEqual(
          decodeResponse(body, testContext()),
        );
      }),
    );
  });
});
