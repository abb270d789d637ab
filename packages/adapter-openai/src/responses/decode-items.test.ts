import { type JsonObject, wrapPlacedSeal, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { text, turn } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { decodeItems } from './decode-items.js';

/** The turns that items become, and what of them is lost. */
function read(...items: JsonObject[]) {
  const context = testContext();
  return { turns: decodeItems(items, context), lost: context.lostFields() };
}

/** The block that one part of a user's message becomes. */
function partOf(part: JsonObject) {
  return read({ role: 'user', content: [part] }).turns[0]?.blocks;
}

const message = (role: string, content: unknown, fields: JsonObject = {}): JsonObject => ({ type: 'message', role, content, ...fields });
const functionCall = (id: string): JsonObject => ({ type: 'function_call', id: `fc_${id}`, call_id: id, name: 'weather', arguments: '{}' });
const functionOutput = (id: string, output: unknown = 'sunny'): JsonObject => ({ type: 'function_call_output', call_id: id, output });
const reasoning = (encrypted: unknown, ...summary: string[]): JsonObject => ({
  type: 'reasoning',
  id: 'rs_1',
  summary: summary.map((part) => ({ type: 'summary_text', text: part })),
  encrypted_content: encrypted,
});
const callBlock = (id: string) => ({ type: 'tool-call', id, name: 'weather', arguments: '{}' }) as const;
const resultBlock = (callId: string) => ({ type: 'tool-result', callId, content: [text('sunny')] }) as const;
const sealed = { vendor: 'google', value: 'g' };

describe('messages', () => {
  it('are short or in full, and of four roles', () => {
    expect(
      read(
        { role: 'developer', content: 'Be brief.' },
        message('system', [{ type: 'input_text', text: 'Be kind.' }]),
        { role: 'user', content: 'Hi' },
        message('assistant', [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }], { id: 'msg_1', status: 'completed' }),
      ),
    ).toEqual({
      turns: [
        turn('system', text('Be brief.')),
        turn('system', text('Be kind.')),
        turn('user', text('Hi')),
        turn('assistant', text('Hello')),
      ],
      lost: [],
    });
  });

  it('that follow one another stay apart', () => {
    expect(read(message('user', 'a'), message('user', 'b')).turns).toEqual([turn('user', text('a')), turn('user', text('b'))]);
  });

  it('may say nothing', () => {
    expect(read(message('user', ''), message('assistant', [])).turns).toEqual([turn('user'), turn('assistant')]);
  });

  it('tell comments from the final answer in this dialect only', () => {
    expect(read(message('assistant', 'a', { phase: 'commentary' }), message('assistant', 'b', { phase: null })).lost).toEqual(['phase']);
  });

  it.each<[JsonObject, JsonObject]>([
    [
      { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } },
      { type: 'text', text: 'a', cache: {} },
    ],
    [
      { type: 'refusal', refusal: 'No.' },
      { type: 'text', text: 'No.' },
    ],
    [
      { type: 'input_image', image_url: 'https://example.org/a.png', detail: 'low' },
      { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' }, detail: 'low' },
    ],
    [
      { type: 'input_image', image_url: 'data:image/png;base64,QUJD' },
      { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'input_image', file_id: 'f', image_url: null },
      { type: 'media', media: 'image', source: { fileId: 'f', vendor: 'openai' } },
    ],
    [
      { type: 'input_file', file_data: 'data:application/pdf;base64,QUJD', filename: 'a.pdf' },
      { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'input_file', file_data: 'QUJD' },
      { type: 'media', media: 'file', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'input_file', file_url: 'https://example.org/a.pdf' },
      { type: 'media', media: 'file', source: { url: 'https://example.org/a.pdf' } },
    ],
    [
      { type: 'input_file', file_id: 'f' },
      { type: 'media', media: 'file', source: { fileId: 'f', vendor: 'openai' } },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } },
      { type: 'media', media: 'audio', mimeType: 'audio/mpeg', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'constructor' } },
      { type: 'media', media: 'audio', mimeType: 'audio/constructor', source: { base64: 'QUJD' } },
    ],
    [
      { type: 'news', data: 1 },
      { type: 'opaque', dialect: 'openai-responses', data: { type: 'news', data: 1 } },
    ],
  ])('hold parts: %j', (part, block) => {
    expect(partOf(part)).toEqual([block]);
  });
});

describe('items of one side', () => {
  it('are one turn, with the message that follows them or that they follow', () => {
    expect(
      read(
        message('user', 'Hi'),
        reasoning('e', 'Hm'),
        message('assistant', 'I look.'),
        functionCall('a'),
        functionCall('b'),
        functionOutput('a'),
        functionOutput('b'),
        message('user', 'And now?'),
      ),
    ).toEqual({
      turns: [
        turn('user', text('Hi')),
        turn(
          'assistant',
          { type: 'thinking', text: 'Hm', seal: { vendor: 'openai', value: 'e' } },
          text('I look.'),
          callBlock('a'),
          callBlock('b'),
        ),
        turn('user', resultBlock('a'), resultBlock('b'), text('And now?')),
      ],
      lost: [],
    });
  });

  it('never take a message of instructions in', () => {
    expect(read(functionOutput('a'), message('system', 'x'), functionCall('b')).turns).toEqual([
      turn('user', resultBlock('a')),
      turn('system', text('x')),
      turn('assistant', callBlock('b')),
    ]);
  });
});

describe('calls and results', () => {
  it('of functions keep their arguments as they are, and empty ones are an empty object', () => {
    const call = { ...functionCall('a'), arguments: '{ "n": 1.0 }' };
    expect(read(call, { ...call, arguments: '' }).turns[0]?.blocks).toEqual([
      { ...callBlock('a'), arguments: '{ "n": 1.0 }' },
      callBlock('a'),
    ]);
  });

  it('of tools for plain text have any text', () => {
    expect(
      read(
        { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: '' },
        { type: 'custom_tool_call_output', call_id: 'a', output: 'done' },
      ).turns,
    ).toEqual([
      turn('assistant', { type: 'tool-call', id: 'a', name: 'patch', arguments: '', freeform: true }),
      turn('user', { type: 'tool-result', callId: 'a', content: [text('done')] }),
    ]);
  });

  it('may hold pictures, and say what they cannot hold', () => {
    const output = [{ type: 'input_text', text: 'Look' }, { type: 'input_image', image_url: 'https://example.org' }, { type: 'news' }];
    expect(read(functionOutput('a', output))).toEqual({
      turns: [
        turn('user', {
          type: 'tool-result',
          callId: 'a',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'media', media: 'image', source: { url: 'https://example.org' } },
          ],
        }),
      ],
      lost: ['input.0.output'],
    });
    expect(read(functionOutput('a', '')).turns[0]?.blocks).toEqual([{ type: 'tool-result', callId: 'a', content: [] }]);
  });

  it('of a namespace have the name under which its tool is declared', () => {
    expect(read({ ...functionCall('a'), namespace: 'crm' })).toEqual({
      turns: [turn('assistant', { ...callBlock('a'), name: `crm__${callBlock('a').name}` })],
      lost: [],
    });
  });
});

describe('reasoning', () => {
  it.each<[string, JsonObject, unknown]>([
    ['of the vendor, sealed', reasoning('e', 'H', 'm'), { type: 'thinking', text: 'H\n\nm', seal: { vendor: 'openai', value: 'e' } }],
    [
      'of the vendor, shown to nobody',
      reasoning('e'),
      { type: 'thinking', text: '', redacted: true, seal: { vendor: 'openai', value: 'e' } },
    ],
    ['of another vendor, asked not to show it', reasoning(wrapSeal(sealed), ''), { type: 'thinking', text: '', seal: sealed }],
    ['without a seal', reasoning(null, 'Hm'), { type: 'thinking', text: 'Hm' }],
    ['of another vendor', reasoning(wrapSeal(sealed), 'Hm'), { type: 'thinking', text: 'Hm', seal: sealed }],
    ['of another vendor that seals nothing', reasoning('tg1...', 'Hm'), { type: 'thinking', text: 'Hm' }],
    [
      'in full, which says more than its summary',
      { ...reasoning('', 'short'), content: [{ type: 'reasoning_text', text: 'long' }] },
      { type: 'thinking', text: 'long' },
    ],
  ])('%s', (_name, item, block) => {
    expect(read(item).turns).toEqual([{ role: 'assistant', blocks: [block] }]);
  });

  it('that says nothing is none', () => {
    expect(read(message('user', 'Hi'), reasoning(''), reasoning(null), { type: 'reasoning', id: 'rs_1' }).turns).toEqual([
      turn('user', text('Hi')),
    ]);
  });

  it('that the gateway wrote for the seal of a call gives it back to the call', () => {
    const placed = reasoning(wrapPlacedSeal(sealed, { callId: 'a' }));
    expect(read(functionCall('a'), functionCall('b'), placed, functionOutput('a')).turns).toEqual([
      turn('assistant', { ...callBlock('a'), seal: sealed }, callBlock('b')),
      turn('user', resultBlock('a')),
    ]);
  });

  it('that the gateway wrote for the seal of a text gives it back to the text before, and keeps the answer together', () => {
    const placed = reasoning(wrapPlacedSeal(sealed, 'text'));
    expect(read(message('assistant', 'a'), placed, message('assistant', 'b'), functionCall('c')).turns).toEqual([
      turn('assistant', { type: 'text', text: 'a', seal: sealed }, text('b'), callBlock('c')),
    ]);
  });

  it('whose call is gone is nothing', () => {
    const placed = reasoning(wrapPlacedSeal(sealed, { callId: 'x' }));
    expect(read(placed, functionCall('a'), placed)).toEqual({ turns: [turn('assistant', callBlock('a'))], lost: [] });
  });
});

describe('items that only this dialect knows', () => {
  it('are kept on the side that they come from', () => {
    const search = { type: 'web_search_call', id: 'ws_1', status: 'completed' };
    const approval = { type: 'mcp_approval_response', approve: true, approval_request_id: 'a' };
    const shell = { type: 'local_shell_call_output', id: 'c', output: '{}' };
    const opaque = (data: JsonObject) => ({ type: 'opaque', dialect: 'openai-responses', data }) as const;
    expect(read(search, message('assistant', 'a'), approval, shell)).toEqual({
      turns: [turn('assistant', opaque(search), text('a')), turn('user', opaque(approval), opaque(shell))],
      lost: [],
    });
  });
});
