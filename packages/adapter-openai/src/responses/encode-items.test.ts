import type { Block, Turn } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { text, turn } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { encodeItems } from './encode-items.js';

/** The items that turns become, and what of them is lost. */
function write(model: string, ...turns: Turn[]) {
  const context = testContext();
  return { items: encodeItems(turns, model, context), lost: context.lostFields() };
}

/** The part that one block becomes, beside a text. */
function partOf(block: Block) {
  const { items, lost } = write('gpt-4o', turn('user', text('Look'), block));
  const [message] = items as unknown as [{ content: readonly unknown[] }];
  return { part: message.content[1], lost };
}

const call = (id: string) => ({ type: 'tool-call', id, name: 'weather', arguments: '{ "n": 1.0 }' }) as const;
const result = (callId: string, ...content: Extract<Block, { type: 'text' | 'media' }>[]): Block => ({
  type: 'tool-result',
  callId,
  content,
});
const picture = { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' } } as const;
const sound = { type: 'media', media: 'audio', mimeType: 'audio/mpeg', source: { base64: 'QUJD' } } as const;
const picturePart = { type: 'input_image', detail: 'auto', image_url: 'https://example.org/a.png' };
const openai = (value: string) => ({ vendor: 'openai', value });
const google = { vendor: 'google', value: 'g' };

describe('items of the user', () => {
  it('are results and what else is said, in the order of the turn', () => {
    expect(write('m', turn('user', text('Look'), result('a', { type: 'text', text: 'x' }), picture, text('Well?'), result('b')))).toEqual({
      items: [
        { type: 'message', role: 'user', content: 'Look' },
        { type: 'function_call_output', call_id: 'a', output: 'x' },
        { type: 'message', role: 'user', content: [picturePart, { type: 'input_text', text: 'Well?' }] },
        { type: 'function_call_output', call_id: 'b', output: '' },
      ],
      lost: [],
    });
  });

  it('stay, even if nothing of them can be said', () => {
    const empty = { type: 'message', role: 'user', content: '' };
    expect(write('m', turn('user'))).toEqual({ items: [empty], lost: [] });
    expect(write('m', turn('user', text('')))).toEqual({ items: [empty], lost: [] });
    expect(write('m', turn('user', { type: 'opaque', dialect: 'gemini', data: {} }))).toEqual({ items: [empty], lost: ['opaque block'] });
    expect(write('m', turn('user', result('a'))).items).toHaveLength(1);
  });

  it('may be results with pictures and files, but without sound', () => {
    expect(write('m', turn('user', result('a', { type: 'text', text: 'x' }, picture, sound)))).toEqual({
      items: [{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_text', text: 'x' }, picturePart] }],
      lost: ['audio block'],
    });
  });

  it('have no mark for a failed result', () => {
    expect(write('m', turn('user', { type: 'tool-result', callId: 'a', content: [], failed: true })).lost).toEqual(['tool-result.failed']);
  });

  it('are results of tools for plain text where such a call stands before', () => {
    const freeform: Block = { type: 'tool-call', id: 'a', name: 'patch', arguments: 'x', freeform: true };
    const turns = [turn('assistant', freeform, call('b')), turn('user', result('a'), result('b'))];
    expect(write('gpt-4o', ...turns).items).toEqual([
      { type: 'custom_tool_call', call_id: 'a', name: 'patch', input: 'x' },
      { type: 'function_call', call_id: 'b', name: 'weather', arguments: '{ "n": 1.0 }' },
      { type: 'custom_tool_call_output', call_id: 'a', output: '' },
      { type: 'function_call_output', call_id: 'b', output: '' },
    ]);
    expect(write('m', ...turns).items).toMatchObject([
      { type: 'function_call', call_id: 'a', arguments: '{"input":"x"}' },
      { type: 'function_call', call_id: 'b' },
      { type: 'function_call_output', call_id: 'a' },
      { type: 'function_call_output', call_id: 'b' },
    ]);
  });

  it('bear marks for the cache where the model takes them', () => {
    const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit' } };
    const marked = turn('user', { type: 'text', text: 'Hi', cache: {} });
    expect(write('gpt-5.6', marked)).toEqual({
      items: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi', ...breakpoint }] }],
      lost: [],
    });
    expect(write('gpt-5.6', turn('user', result('a', { ...picture, cache: { lifetime: '1h' } })))).toEqual({
      items: [{ type: 'function_call_output', call_id: 'a', output: [{ ...picturePart, ...breakpoint }] }],
      lost: ['cache.lifetime'],
    });
    for (const model of ['gpt-5', 'anthropic/claude-opus']) {
      expect(write(model, marked)).toEqual({ items: [{ type: 'message', role: 'user', content: 'Hi' }], lost: ['cache'] });
    }
  });
});

describe('items of the assistant', () => {
  it('are in the order in which it said them', () => {
    expect(
      write(
        'm',
        turn('assistant', { type: 'thinking', text: 'Hm', seal: openai('e') }, text('a'), text(''), text('b'), call('c'), text('d')),
      ),
    ).toEqual({
      items: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'e' },
        {
          type: 'message',
          role: 'assistant',
          content: [
            { type: 'output_text', text: 'a' },
            { type: 'output_text', text: 'b' },
          ],
        },
        { type: 'function_call', call_id: 'c', name: 'weather', arguments: '{ "n": 1.0 }' },
        { type: 'message', role: 'assistant', content: 'd' },
      ],
      lost: [],
    });
  });

  it('are sealed by this vendor or not at all', () => {
    const redacted: Block = { type: 'thinking', text: '', redacted: true, seal: openai('e') };
    expect(write('m', turn('assistant', redacted)).items).toEqual([{ type: 'reasoning', summary: [], encrypted_content: 'e' }]);
    expect(write('m', turn('assistant', { type: 'thinking', text: 'Hm', seal: google }))).toEqual({ items: [], lost: ['seal'] });
    expect(write('m', turn('assistant', { type: 'thinking', text: 'Hm' }))).toEqual({ items: [], lost: ['thinking block'] });
    expect(write('m', turn('assistant', { ...call('a'), seal: google }, { type: 'text', text: 'a', seal: google })).lost).toEqual([
      'seal',
      'seal',
    ]);
  });

  it('hold no pictures', () => {
    expect(write('m', turn('assistant', picture, text('a')))).toEqual({
      items: [{ type: 'message', role: 'assistant', content: 'a' }],
      lost: ['media block'],
    });
  });
});

describe('items that only this dialect knows', () => {
  const opaque = (data: unknown): Block => ({ type: 'opaque', dialect: 'openai-responses', data });

  it('go back as they came: as items, or as parts of messages', () => {
    const search = { type: 'web_search_call', id: 'ws_1' };
    const approval = { type: 'mcp_approval_response', approve: true };
    const part = { type: 'input_news' };
    expect(write('m', turn('assistant', opaque(search), text('a')), turn('user', opaque(part), opaque(approval), text('b')))).toEqual({
      items: [
        search,
        { type: 'message', role: 'assistant', content: 'a' },
        { type: 'message', role: 'user', content: [part] },
        approval,
        { type: 'message', role: 'user', content: 'b' },
      ],
      lost: [],
    });
  });
});

describe('a part of a message', () => {
  it.each<[Block, unknown, readonly string[]]>([
    [picture, picturePart, []],
    [{ ...picture, detail: 'original' }, { ...picturePart, detail: 'original' }, []],
    [{ ...picture, detail: 'medium' }, picturePart, ['detail']],
    [
      { type: 'media', media: 'image', mimeType: 'image/gif', source: { base64: 'QUJD' } },
      { type: 'input_image', detail: 'auto', image_url: 'data:image/gif;base64,QUJD' },
      [],
    ],
    [
      { type: 'media', media: 'image', source: { fileId: 'f', vendor: 'openai' } },
      { type: 'input_image', detail: 'auto', file_id: 'f' },
      [],
    ],
    [{ type: 'media', media: 'image', source: { fileId: 'f', vendor: 'google' } }, undefined, ['image block']],
    [
      { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64: 'QUJD' } },
      { type: 'input_file', file_data: 'data:application/pdf;base64,QUJD', filename: 'a.pdf' },
      [],
    ],
    [
      { type: 'media', media: 'file', source: { base64: 'QUJD' } },
      { type: 'input_file', file_data: 'data:application/pdf;base64,QUJD', filename: 'file' },
      [],
    ],
    [{ type: 'media', media: 'file', source: { url: 'https://example.org' } }, { type: 'input_file', file_url: 'https://example.org' }, []],
    [{ type: 'media', media: 'file', source: { fileId: 'f', vendor: 'openai' } }, { type: 'input_file', file_id: 'f' }, []],
    [{ type: 'media', media: 'file', source: { fileId: 'f', vendor: 'anthropic' } }, undefined, ['file block']],
    [sound, { type: 'input_audio', input_audio: { data: 'QUJD', format: 'mp3' } }, []],
    [{ ...sound, mimeType: 'audio/ogg' }, { type: 'input_audio', input_audio: { data: 'QUJD', format: 'ogg' } }, []],
    [{ type: 'media', media: 'audio', source: { url: 'https://example.org' } }, undefined, ['audio block']],
    [{ type: 'media', media: 'video', source: { url: 'https://example.org' } }, undefined, ['video block']],
    [{ type: 'opaque', dialect: 'gemini', data: {} }, undefined, ['opaque block']],
    [{ type: 'thinking', text: 'Hm' }, undefined, ['thinking block']],
  ])('%j', (block, part, lost) => {
    expect(partOf(block)).toEqual({ part, lost });
  });
});
