import { answerEvents } from './scenarios.mjs';

/** As many headers as vendors send. */
const vendorHeaders = [
  'date: Wed, 25 Nov 2026 12:00:00 GMT',
  'x-request-id: req_0123456789abcdef0123456789abcdef',
  'x-ratelimit-limit-requests: 10000',
  'x-ratelimit-remaining-requests: 9999',
  'x-ratelimit-reset-requests: 6ms',
  'strict-transport-security: max-age=31536000; includeSubDomains; preload',
  'x-content-type-options: nosniff',
  'server: mock',
];

const head = (more) => Buffer.from(`${['HTTP/1.1 200 OK', ...vendorHeaders, ...more].join('\r\n')}\r\n\r\n`);

const usage = {
  prompt_tokens: 480,
  completion_tokens: 36,
  total_tokens: 516,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0, accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
};

const identity = {
  id: 'chatcmpl-0123456789abcdefghijklmnopqr',
  created: 1_790_000_000,
  model: 'upstream-model-2026-01-01',
  service_tier: 'default',
};

/** A whole answer of about 1 KB. */
export function jsonAnswer() {
  const message = { role: 'assistant', content: 'All coins are there. '.repeat(20), refusal: null, annotations: [] };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  const body = Buffer.from(JSON.stringify({ object: 'chat.completion', ...identity, choices, usage }));
  return Buffer.concat([head(['content-type: application/json', `content-length: ${body.length}`]), body]);
}

export const streamHead = head(['content-type: text/event-stream; charset=utf-8', 'transfer-encoding: chunked']);

/** A streamed answer: its head, and one piece for each event, each an HTTP chunk of its own. */
export function streamedAnswer(answer) {
  const chunk = (choices, more) =>
    JSON.stringify({ object: 'chat.completion.chunk', ...identity, system_fingerprint: 'fp_0123456789', choices, ...more });
  const choice = (delta, finish) => [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  const textEvents = answerEvents[answer] - 4;
  const events = [
    chunk(choice({ role: 'assistant', content: '', refusal: null }, null), { usage: null }),
    ...Array.from({ length: textEvents }, (_, index) => chunk(choice({ content: ` word${index % 10}` }, null), { usage: null })),
    chunk(choice({}, 'stop'), { usage: null }),
    chunk([], { usage }),
    '[DONE]',
  ];
  return {
    head: streamHead,
    pieces: events.map((data) => httpChunk(`data: ${data}\n\n`)),
    end: Buffer.from('0\r\n\r\n'),
  };
}

export function httpChunk(text) {
  return Buffer.from(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
}
