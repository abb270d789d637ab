import type { Block, CanonicalRequest, CanonicalResponse, StopReason } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, canonicalResponse, text } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { encodeResponse } from './encode-response.js';

function encode(response: Partial<CanonicalResponse> = {}, request: Partial<CanonicalRequest> = {}) {
  const context = testContext();
  const answer = encodeResponse(canonicalResponse(response), canonicalRequest(request), context);
  return { answer, lost: context.lostFields() };
}

/** The items that blocks become, without their ids, and what of them is lost. */
function itemsOf(blocks: readonly Block[], request: Partial<CanonicalRequest> = {}) {
  const { answer, lost } = encode({ blocks }, request);
  return { items: answer.output.map((item) => ({ ...item, id: undefined })), lost };
}

const message = (...content: object[]) => ({ type: 'message', status: 'completed', role: 'assistant', content });
const part = (value: string, annotations: object[] = []) => ({ type: 'output_text', text: value, annotations, logprobs: [] });
const call = { type: 'tool-call', id: 'a', name: 'weather', arguments: '{"n":1}' } as const;
const freeformCall = { type: 'tool-call', id: 'a', name: 'patch', arguments: 'x', freeform: true } as const;
const functionItem = { type: 'function_call', status: 'completed', call_id: 'a', name: 'weather', arguments: '{"n":1}' };
const google = { vendor: 'google', value: 'g' };

describe('encodeResponse', () => {
  it('writes an answer as the vendor does', () => {
    expect(encode().answer).toEqual({
      id: 'resp_1',
      object: 'response',
      created_at: 1_764_000_000,
      status: 'completed',
      error: null,
      incomplete_details: null,
      instructions: null,
      max_output_tokens: null,
      metadata: {},
      model: 'gpt-4o-mini',
      output: [{ id: 'msg_2', ...message(part('Hello')) }],
      parallel_tool_calls: true,
      previous_response_id: null,
      temperature: 1,
      tool_choice: 'auto',
      tools: [],
      top_p: 1,
      truncation: 'disabled',
      usage: expect.objectContaining({ input_tokens: 0, output_tokens: 0, total_tokens: 0 }),
    });
  });

  it('repeats what was asked', () => {
    const search = { type: 'web_search' };
    const request: Partial<CanonicalRequest> = {
      outputTokensMax: 7,
      sampling: { temperature: 0, topP: 0.5 },
      parallelToolCalls: false,
      tools: [
        { name: 'weather', strict: true },
        { name: 'web_search', builtin: { dialect: 'openai-responses', data: search } },
      ],
      toolChoice: { name: 'weather' },
      extensions: { 'openai-responses': { metadata: { a: 'b' }, truncation: 'auto' } },
    };
    expect(encode({}, request).answer).toMatchObject({
      max_output_tokens: 7,
      temperature: 0,
      top_p: 0.5,
      parallel_tool_calls: false,
      tools: [{ type: 'function', name: 'weather', parameters: { type: 'object', properties: {} }, strict: true }, search],
      tool_choice: { type: 'function', name: 'weather' },
      metadata: { a: 'b' },
      truncation: 'auto',
    });
    const choice = { type: 'allowed_tools', mode: 'auto', tools: [] };
    expect(encode({}, { extensions: { 'openai-responses': { tool_choice: choice } } }).answer.tool_choice).toEqual(choice);
  });

  it('repeats the kind of tool that was declared, also where the upstream has no such', () => {
    const patch = { name: 'patch', freeform: true } as const;
    const format = { type: 'text' };
    const extensions = { 'openai-responses': { 'tools.format': { patch: format } } };
    expect(encode({}, { model: 'claude-opus', tools: [patch], toolChoice: { name: 'patch' }, extensions }).answer).toMatchObject({
      tools: [{ type: 'custom', name: 'patch', format }],
      tool_choice: { type: 'custom', name: 'patch' },
    });
  });

  it('reports nothing that it only repeats', () => {
    const tools = [{ name: 'google', cache: {}, builtin: { dialect: 'gemini', data: {} } }];
    expect(encode({}, { tools })).toMatchObject({ answer: { tools: [] }, lost: [] });
  });

  it('keeps the vendor’s id, and the name of the model that was asked for where the upstream gives none', () => {
    expect(encode({ id: 'resp_abc' }).answer.id).toBe('resp_abc');
    expect(encode({ id: '', model: '' }, { model: 'asked' }).answer).toMatchObject({ id: 'resp_1', model: 'asked' });
  });

  it.each<[StopReason, string, string | undefined]>([
    ['end', 'completed', undefined],
    ['tool', 'completed', undefined],
    ['stop-sequence', 'completed', undefined],
    ['pause', 'completed', undefined],
    ['length', 'incomplete', 'max_output_tokens'],
    ['filter', 'incomplete', 'content_filter'],
    ['refusal', 'incomplete', 'content_filter'],
    ['error', 'incomplete', 'max_output_tokens'],
  ])('tells the end %s as %s', (stop, status, reason) => {
    expect(encode({ stop }).answer).toMatchObject({ status, incomplete_details: reason === undefined ? null : { reason } });
  });
});

describe('the items of an answer', () => {
  it('are messages of all texts in a row, with their sources', () => {
    const cited = { ...text('b'), citations: [{ url: 'https://example.org', title: 'T' }, { quote: 'q' }] };
    const annotation = { type: 'url_citation', url: 'https://example.org', title: 'T', start_index: 0, end_index: 0 };
    expect(itemsOf([text('a'), cited, call, text('c')])).toEqual({
      items: [message(part('a'), part('b', [annotation, { ...annotation, url: '', title: '' }])), functionItem, message(part('c'))],
      lost: [],
    });
  });

  it('show thinking as a summary, with the seal of its vendor or marked as another’s', () => {
    const summary = [{ type: 'summary_text', text: 'Hm' }];
    expect(
      itemsOf([
        { type: 'thinking', text: 'Hm', seal: { vendor: 'openai', value: 'e' } },
        { type: 'thinking', text: 'Hm', seal: google },
        { type: 'thinking', text: 'Hm' },
        { type: 'thinking', text: '', redacted: true, seal: google },
        { type: 'thinking', text: '', seal: google },
      ]).items,
    ).toEqual([
      { type: 'reasoning', summary, encrypted_content: 'e' },
      { type: 'reasoning', summary, encrypted_content: 'tg1.google..g' },
      { type: 'reasoning', summary, encrypted_content: 'tg1...' },
      { type: 'reasoning', summary: [], encrypted_content: 'tg1.google..g' },
      { type: 'reasoning', summary: [{ type: 'summary_text', text: '' }], encrypted_content: 'tg1.google..g' },
    ]);
  });

  it('are of the kind of tool that the caller declared, whatever the upstream took it for', () => {
    const declared = { tools: [{ name: 'patch', freeform: true as const }, { name: 'weather' }] };
    const asText = { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: 'x' };
    expect(
      itemsOf([freeformCall, { ...call, name: 'patch', arguments: '{"input":"x"}' }, call, { ...freeformCall, name: 'weather' }], declared)
        .items,
    ).toEqual([asText, asText, functionItem, { ...functionItem, arguments: '{"input":"x"}' }]);
  });

  it('follow a sealed call or text with reasoning that keeps the seal', () => {
    const placed = (value: string) => ({ type: 'reasoning', summary: [], encrypted_content: value });
    expect(itemsOf([{ ...text('a'), seal: google }, text('b'), { ...call, seal: google }])).toEqual({
      items: [message(part('a')), placed('tg1p..tg1.google..g'), message(part('b')), functionItem, placed('tg1p.YQ.tg1.google..g')],
      lost: [],
    });
  });

  it('are pictures and this dialect’s own, and say what they cannot be', () => {
    const own = { type: 'web_search_call', id: 'ws_1' };
    const image = { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } } as const;
    expect(
      itemsOf([
        image,
        { type: 'opaque', dialect: 'openai-responses', data: own },
        text('a'),
        { ...image, media: 'video' },
        { ...image, source: { url: 'https://example.org' } },
        { type: 'opaque', dialect: 'gemini', data: {} },
        text('b'),
      ]),
    ).toEqual({
      items: [
        { type: 'image_generation_call', status: 'completed', result: 'QUJD' },
        { type: 'web_search_call' },
        message(part('a'), part('b')),
      ],
      lost: ['media block', 'opaque block'],
    });
  });

  it('have ids of their own', () => {
    const { answer } = encode(
      { blocks: [text('a'), call, { type: 'thinking', text: 'Hm' }, freeformCall] },
      { tools: [{ name: 'patch', freeform: true }] },
    );
    expect(answer.output.map(({ id }) => id?.split('_')[0])).toEqual(['msg', 'fc', 'rs', 'ctc']);
    expect(new Set(answer.output.map(({ id }) => id)).size).toBe(4);
  });
});
