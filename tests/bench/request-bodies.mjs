const sentence = 'The quick brown fox jumps over the lazy dog while the "clerk" counts every coin twice.\n';

/** A conversation of about so many bytes, in the dialect, for the model. */
export function requestBody(dialect, model, bytes, stream) {
  const turns = bytes > 10_000 ? 21 : 5;
  const text = sentence.repeat(Math.ceil(bytes / sentence.length));
  const textBytes = Math.max(1, Math.floor(bytes / turns) - 70);
  const said = Array.from({ length: turns }, (_, turn) => ({ fromUser: turn % 2 === 0, text: text.slice(turn, turn + textBytes) }));
  return Buffer.from(JSON.stringify(bodies[dialect](said, { model, ...(stream ? { stream: true } : {}) })));
}

const messagesOf = (said) => said.map(({ fromUser, text }) => ({ role: fromUser ? 'user' : 'assistant', content: text }));

const bodies = {
  'openai-chat': (said, facts) => ({ ...facts, temperature: 0.5, max_completion_tokens: 1_000, messages: messagesOf(said) }),
  'openai-responses': (said, facts) => ({ ...facts, max_output_tokens: 1_000, store: false, input: messagesOf(said) }),
  'claude-messages': (said, facts) => ({ ...facts, max_tokens: 1_000, messages: messagesOf(said) }),
  gemini: (said) => ({
    generationConfig: { maxOutputTokens: 1_000 },
    contents: said.map(({ fromUser, text }) => ({ role: fromUser ? 'user' : 'model', parts: [{ text }] })),
  }),
};

/** Where streamed requests of a dialect go, and what stands near the end of each streamed answer. */
export const streamPlaces = {
  'openai-chat': { path: () => '/v1/chat/completions', endMark: '[DONE]' },
  'openai-responses': { path: () => '/v1/responses', endMark: '"usage"' },
  'claude-messages': { path: () => '/v1/messages', endMark: 'message_stop' },
  gemini: { path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`, endMark: 'usageMetadata' },
};

/** The bytes of one HTTP/1.1 request. */
export function httpRequest(path, headers, body) {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: */*',
    'user-agent: bench/1',
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n`), body]);
}
