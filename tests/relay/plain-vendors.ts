import type { ScriptedUpstream } from '../replay/scripted-upstream.js';
import { type ChannelEntry, upstreamKey } from '../support/apply-document.js';

/** How each dialect says "ok", unstreamed, by its vendor's documents. */
export const plainAnswerIn: Readonly<Record<string, object>> = {
  'openai-chat': {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'plain',
    choices: [{ index: 0, message: { role: 'assistant', content: 'ok' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 },
  },
  'openai-responses': {
    id: 'resp_1',
    object: 'response',
    created_at: 1_700_000_000,
    status: 'completed',
    model: 'plain',
    output: [
      {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'ok', annotations: [] }],
      },
    ],
    usage: { input_tokens: 5, output_tokens: 1, total_tokens: 6 },
  },
  'claude-messages': {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'plain',
    content: [{ type: 'text', text: 'ok' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 5, output_tokens: 1 },
  },
  gemini: {
    candidates: [{ content: { role: 'model', parts: [{ text: 'ok' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1, totalTokenCount: 6 },
    modelVersion: 'plain',
    responseId: 'r-1',
  },
};

export const plainDialects = Object.keys(plainAnswerIn);

const providerOf: Readonly<Record<string, string>> = {
  'openai-chat': 'openai',
  'openai-responses': 'openai',
  'claude-messages': 'claude',
  gemini: 'gemini',
};

/** A channel to a place that speaks the dialect and no other. */
export function channelIn(dialect: string, name: string, baseUrl: string, models: readonly string[]): ChannelEntry {
  const provider = providerOf[dialect] ?? '';
  const root = provider === 'openai' ? baseUrl : baseUrl.replace(/\/v1$/, '');
  return { name, provider, config: { baseUrl: root, apiKey: upstreamKey, dialects: [dialect] }, models };
}

/** The bodies that the place has got, parsed. */
export function bodiesTo(upstream: ScriptedUpstream, place: string): readonly Readonly<Record<string, unknown>>[] {
  return upstream.requestsTo(place).map(({ body }) => JSON.parse(body.toString('utf8')) as Readonly<Record<string, unknown>>);
}
