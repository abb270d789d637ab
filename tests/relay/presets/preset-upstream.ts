import type { ServerResponse } from 'node:http';
import { listenLocally, readRequest, type RecordedRequest } from '../../replay/local-server.js';
import { upstreamKey } from '../../support/apply-document.js';
import { plainAnswerIn } from '../plain-vendors.js';
import { type ExpectedPlace, expectedPlaces } from './expected-places.js';

type Body = Readonly<Record<string, unknown>>;

export interface Seen {
  readonly place: string;
  readonly dialect: string;
  readonly body: Body;
}

/** All places at one address, told apart by the first part of the path. Each takes what its documents say, and refuses everything else. */
export interface PresetUpstream {
  readonly seen: readonly Seen[];
  baseUrl(place: string): string;
  close(): Promise<void>;
}

export async function startPresetUpstream(): Promise<PresetUpstream> {
  const seen: Seen[] = [];
  const upstream = await listenLocally((request, response) => {
    void readRequest(request).then((recorded) => {
      const { id, place, dialect, problem } = judged(recorded);
      if (problem !== undefined || dialect === undefined) return refuse(response, `${id}: ${problem ?? `nothing is at ${recorded.path}`}`);
      const body = JSON.parse(recorded.body.toString('utf8')) as Body;
      seen.push({ place: id, dialect, body });
      return answer(response, dialect, isStream(dialect, recorded.path, body), place);
    });
  });
  return { seen, baseUrl: (place) => `${upstream.url}/${place}`, close: () => upstream.close() };
}

function judged({ path, headers, body }: RecordedRequest): {
  readonly id: string;
  readonly place: ExpectedPlace;
  readonly dialect: string | undefined;
  readonly problem: string | undefined;
} {
  const [, id = '', ...rest] = path.split('/');
  const place = expectedPlaces[id] ?? { paths: {} };
  const dialect = dialectAt(place, `/${rest.join('/')}`);
  const problem = dialect === undefined ? undefined : (headerProblem(place, dialect, headers) ?? bodyProblem(place, dialect, body));
  return { id, place, dialect, problem };
}

function dialectAt({ paths, model = 'some-model' }: ExpectedPlace, path: string): string | undefined {
  const methods = [`/${model}:generateContent`, `/${model}:streamGenerateContent?alt=sse`];
  const found = Object.entries(paths).find(([dialect, expected]) =>
    dialect === 'gemini' ? methods.some((method) => path === `${expected}${method}`) : path === expected,
  );
  return found?.[0];
}

function headerProblem(
  { keyHeader, headers: wanted = {} }: ExpectedPlace,
  dialect: string,
  headers: RecordedRequest['headers'],
): string | undefined {
  const keys =
    dialect === 'claude-messages'
      ? { 'x-api-key': upstreamKey, authorization: `Bearer ${upstreamKey}`, 'anthropic-version': '2023-06-01' }
      : dialect === 'gemini'
        ? { 'x-goog-api-key': upstreamKey }
        : { [keyHeader ?? 'authorization']: keyHeader === undefined ? `Bearer ${upstreamKey}` : upstreamKey };
  const expected = { ...wanted, ...keys, 'content-type': 'application/json' };
  const wrong = Object.entries(expected).find(([name, value]) => headers[name] !== value);
  return wrong === undefined ? undefined : `the header ${wrong[0]} is ${String(headers[wrong[0]])}`;
}

function bodyProblem({ paths, model = 'some-model', refusal }: ExpectedPlace, dialect: string, bytes: Buffer): string | undefined {
  const body = JSON.parse(bytes.toString('utf8')) as Body;
  if (dialect !== 'gemini' && body['model'] !== model) return `there is no model ${String(body['model'])}`;
  return dialect === Object.keys(paths)[0] ? refusal?.(body) : undefined;
}

function isStream(dialect: string, path: string, body: Body): boolean {
  return dialect === 'gemini' ? path.includes(':stream') : body['stream'] === true;
}

function refuse(response: ServerResponse, message: string): void {
  const error = { error: { message, type: 'invalid_request_error', param: null, code: 'refused' } };
  response.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(error));
}

function answer(response: ServerResponse, dialect: string, stream: boolean, { usage }: ExpectedPlace): void {
  response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
  if (!stream) response.end(JSON.stringify(plainAnswerIn[dialect]));
  else response.end(dialect === 'openai-chat' ? chatStream(usage) : streamIn[dialect]);
}

const data = (frame: object): string => `data: ${JSON.stringify(frame)}\n\n`;
const event = (frame: { readonly type: string } & Body): string => `event: ${frame.type}\n${data(frame)}`;
const figures = { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 };

function chatStream(usage: ExpectedPlace['usage']): string {
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

/** Streams by the documents of the dialects' vendors. */
const streamIn: Readonly<Record<string, string>> = {
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
  'claude-messages': [
    {
      type: 'message_start',
      message: { ...plainAnswerIn['claude-messages'], content: [], stop_reason: null, usage: { input_tokens: 5, output_tokens: 0 } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ok' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 1 } },
    { type: 'message_stop' },
  ]
    .map(event)
    .join(''),
  gemini: data(plainAnswerIn['gemini'] ?? {}),
};
