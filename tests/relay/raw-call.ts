/** A call by plain HTTP, where a test looks at bytes. */
export interface RawCall {
  readonly url: string;
  readonly key: string;
  readonly dialect: string;
  readonly model: string;
  readonly stream?: boolean;
  /** The body as it is sent; a short question in the dialect unless given. */
  readonly body?: string;
  /** Query of the Gemini stream path; `alt=sse` unless given. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  json(): unknown;
}

const paths: Readonly<Record<string, string>> = {
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
  'claude-messages': '/v1/messages',
};

/** Where clients of the dialect send such a call. */
export function pathOf({
  dialect,
  model,
  stream = false,
  query = 'alt=sse',
}: Pick<RawCall, 'dialect' | 'model' | 'stream' | 'query'>): string {
  const fixed = paths[dialect];
  if (fixed !== undefined) return fixed;
  return `/v1beta/models/${model}:${stream ? `streamGenerateContent${query === '' ? '' : `?${query}`}` : 'generateContent'}`;
}

/** The header in which clients of the dialect send their key. */
export function credentialOf(dialect: string, key: string): Readonly<Record<string, string>> {
  if (dialect === 'claude-messages') return { 'x-api-key': key, 'anthropic-version': '2023-06-01' };
  if (dialect === 'gemini') return { 'x-goog-api-key': key };
  return { authorization: `Bearer ${key}` };
}

export function questionIn(dialect: string, model: string, stream = false): Readonly<Record<string, unknown>> {
  const streamed = stream ? { stream: true } : {};
  switch (dialect) {
    case 'openai-chat':
      return {
        model,
        messages: [{ role: 'user', content: 'Hello' }],
        ...streamed,
        ...(stream ? { stream_options: { include_usage: true } } : {}),
      };
    case 'openai-responses':
      return { model, input: 'Hello', ...streamed };
    case 'claude-messages':
      return { model, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }], ...streamed };
    default:
      return { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] };
  }
}

/** Sends the call and gives the answer as soon as its head is there. */
export function rawFetch(call: RawCall): Promise<Response> {
  const { url, key, dialect, model, stream = false, headers = {} } = call;
  return fetch(`${url}${pathOf(call)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentialOf(dialect, key), ...headers },
    body: call.body ?? JSON.stringify(questionIn(dialect, model, stream)),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
}

export async function rawCall(call: RawCall): Promise<RawAnswer> {
  const response = await rawFetch(call);
  const body = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body, json: () => JSON.parse(body.toString('utf8')) as unknown };
}
