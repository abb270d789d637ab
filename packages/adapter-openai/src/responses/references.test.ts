import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { responsesKept } from './kept.js';
import { referencesOf } from './references.js';

const file = (id: string, field: string) => ({ kind: 'openai.file', id, field });
const item = (id: string, field: string) => ({ kind: 'openai.item', id, field });

describe('what a request names that the vendor keeps', () => {
  it.each<[string, JsonObject, readonly object[]]>([
    ['nothing', { input: 'Hello', previous_response_id: null, conversation: null, tools: null }, []],
    ['an answer', { previous_response_id: 'resp_1' }, [{ kind: 'openai.response', id: 'resp_1', field: 'previous_response_id' }]],
    ['a conversation', { conversation: 'conv_1' }, [{ kind: 'openai.conversation', id: 'conv_1', field: 'conversation' }]],
    [
      'a conversation as an object',
      { conversation: { id: 'conv_1' } },
      [{ kind: 'openai.conversation', id: 'conv_1', field: 'conversation.id' }],
    ],
    ['an item', { input: [{ type: 'item_reference', id: 'msg_1' }] }, [item('msg_1', 'input.0.id')]],
    ['an item without a type', { input: [{ role: 'user', content: 'Hi' }, { id: 'msg_1' }] }, [item('msg_1', 'input.1.id')]],
    ['an item of type null', { input: [{ type: null, id: 'msg_1' }] }, [item('msg_1', 'input.0.id')]],
    ['no item that comes with its content', { input: [{ type: 'message', id: 'msg_1', role: 'assistant', content: [] }] }, []],
    [
      'files in a message',
      {
        input: [
          {
            role: 'user',
            content: [
              { type: 'input_text', text: 'x' },
              { type: 'input_file', file_id: 'file-1' },
            ],
          },
        ],
      },
      [file('file-1', 'input.0.content.1.file_id')],
    ],
    [
      'files in the result of a tool',
      { input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', file_id: 'file-1' }] }] },
      [file('file-1', 'input.0.output.0.file_id')],
    ],
    [
      'files in a container',
      { tools: [{ type: 'code_interpreter', container: { type: 'auto', file_ids: ['file-1', 'file-2'] } }] },
      [
        { ...file('file-1', 'tools.0.container.file_ids.0'), unread: true },
        { ...file('file-2', 'tools.0.container.file_ids.1'), unread: true },
      ],
    ],
    [
      'nothing in junk',
      { previous_response_id: 7, conversation: [], input: [null, 'x', { content: [null] }], tools: [{ container: 'x' }] },
      [],
    ],
  ])('is %s', (_title, body, expected) => {
    expect(referencesOf(body).all).toEqual(expected);
  });
});

describe('what an answer leaves behind', () => {
  const names = (json: unknown): readonly string[] => responsesKept.read(json).map(({ kind, id }) => `${kind} ${id}`);

  it('is the answer and its items', () => {
    const answer = { id: 'resp_1', object: 'response', output: [{ type: 'reasoning', id: 'rs_1' }, { type: 'message', id: 'msg_1' }, {}] };
    expect(names(answer)).toEqual(['openai.response resp_1', 'openai.item rs_1', 'openai.item msg_1']);
  });

  it('is told by the first event of a stream, and by each item that ends', () => {
    expect(names({ type: 'response.created', response: { id: 'resp_1', output: [] } })).toEqual(['openai.response resp_1']);
    expect(names({ type: 'response.output_item.done', item: { id: 'msg_1' } })).toEqual(['openai.item msg_1']);
    expect(names({ type: 'response.output_text.delta', item_id: 'msg_1', id: 'x', delta: 'response.created' })).toEqual([]);
  });
});
