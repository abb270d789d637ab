import { plainAnswerIn } from '../plain-vendors.js';
import type { ExpectedPlace } from './expected-places.js';

type Body = Readonly<Record<string, unknown>>;

const data = (frame: object): string => `data: ${JSON.stringify(frame)}\n\n`;
const event = (frame: { readonly type: string } & Body): string => `event: ${frame.type}\n${data(frame)}`;
const figures = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };

export function chatStream(usage: ExpectedPlace['usage']): string {
  const chunk = (choice: object | undefined, more: object = {}): string =>
    data({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'plain',
      choices: choice === undefined ? [] : [{ index: 0, ...choice }],
      ...more,
    });
  const always = usage === 'on-every-chunk' ? { usage: figures } : {};
  const last = { delta: {}, finish_reason: 'stop', ...(usage === 'in-choice' ? { usage: figures } : {}) };
  const beside =
    usage === 'beside-last-delta' ? { usage: figures } : usage === 'in-x-groq' ? { x_groq: { id: 'r', usage: figures } } : always;
  return [
    ': COMMENT\n\n',
    chunk({ delta: { role: 'assistant', content: 'o' }, finish_reason: null }, always),
    chunk({ delta: { content: 'k' }, finish_reason: null }, always),
    chunk(last, beside),
    ...(usage === undefined ? [chunk(undefined, { usage: figures })] : []),
    'data: [DONE]\n\n',
  ].join('');
}

const responsesAnswer = plainAnswerIn['openai-responses'] as { readonly output: readonly object[] };
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
const part = { item_id: 'msg_1', output_index: 0, content_index: 0 };

/** An answer of Claude, event by event. */
export const claudeEvents = [
  {
    type: 'message_start',
    message: { ...plainAnswerIn['claude-messages'], content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 0 } },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ok' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 1 } },
  { type: 'message_stop' },
];

/** Streams by the documents of the dialects' vendors. */
export const streamIn: Readonly<Record<string, string>> = {
  'openai-responses': [
    { type: 'response.created', response: { ...responsesAnswer, status: 'in_progress', output: [], usage: null } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...part, part: { type: 'output_text', text: '', annotations: [] } },
    { type: 'response.output_text.delta', ...part, delta: 'ok' },
    { type: 'response.output_text.done', ...part, text: 'ok' },
    { type: 'response.content_part.done', ...part, part: { type: 'output_text', text: 'ok', annotations: [] } },
    { type: 'response.output_item.done', output_index: 0, item: responsesAnswer.output[0] },
    { type: 'response.completed', response: responsesAnswer },
  ]
    .map((frame, index) => event({ ...frame, sequence_number: index }))
    .join(''),
  'claude-messages': claudeEvents.map(event).join(''),
  gemini: data(plainAnswerIn['gemini'] ?? {}),
};
