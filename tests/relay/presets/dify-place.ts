import { upstreamKey } from '../../support/apply-document.js';
import type { OwnPlace } from './own-places.js';

const fields = new Set(['inputs', 'query', 'response_mode', 'user', 'files', 'conversation_id', 'auto_generate_name']);
const metadata = { usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6, currency: 'USD' } };
const message = { message_id: 'm-1', conversation_id: 'c-1', created_at: 1_700_000_000 };

const events = [
  { event: 'message', ...message, answer: 'o' },
  { event: 'message', ...message, answer: 'k' },
  { event: 'message_end', ...message, metadata },
];

/** An app, which takes one text and says whom it talks to. */
export const difyPlace: OwnPlace = {
  provider: 'dify',
  model: 'support-bot',
  configAt: (baseUrl) => ({ baseUrl, apiKey: upstreamKey }),
  languageFor: () => 'dify-chat',
  answer({ path, headers, body: bytes }, response) {
    if (!path.endsWith('/v1/chat-messages')) throw new Error(`Nothing is at ${path}.`);
    if (headers.authorization !== `Bearer ${upstreamKey}`) throw new Error('Access token is invalid');
    const body = JSON.parse(bytes.toString()) as Record<string, unknown>;
    const wrong = Object.keys(body).find((field) => !fields.has(field));
    if (wrong !== undefined) throw new Error(`What is ${wrong}?`);
    if (typeof body['query'] !== 'string' || !body['query'].includes('Sunny')) throw new Error('query is required in input form');
    if (typeof body['user'] !== 'string' || typeof body['inputs'] !== 'object') throw new Error('user and inputs are required');
    const isStream = body['response_mode'] === 'streaming';
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    const stream = ['event: ping\n\n', ...events.map((event) => `data: ${JSON.stringify(event)}\n\n`)].join('');
    response.end(isStream ? stream : JSON.stringify({ event: 'message', ...message, mode: 'chat', answer: 'ok', metadata }));
    return { dialect: 'dify-chat', body };
  },
};
