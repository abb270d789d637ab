const sentence = 'The quick brown fox jumps over the lazy dog while the "clerk" counts every coin twice.\n';

/** A conversation of about so many bytes, in the dialect, for the model. */
export function requestBody(dialect, model, bytes, stream) {
  const turns = bytes > 10_000 ? 21 : 5;
  const text = sentence.repeat(Math.ceil(bytes / sentence.length));
  const textBytes = Math.max(1, Math.floor(bytes / turns) - 70);
  const messages = Array.from({ length: turns }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: text.slice(turn, turn + textBytes),
  }));
  const limit = dialect === 'claude' ? { max_tokens: 1_000 } : { temperature: 0.5, max_completion_tokens: 1_000 };
  return Buffer.from(JSON.stringify({ model, ...limit, messages, ...(stream ? { stream: true } : {}) }));
}

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
