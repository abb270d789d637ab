import type { ServerResponse } from 'node:http';
import { listenLocally, readRequest, type RecordedRequest } from '../../replay/local-server.js';
import { upstreamKey } from '../../support/apply-document.js';
import { plainAnswerIn } from '../plain-vendors.js';
import { cohereAnswer, cohereStream } from './cohere-place.js';
import { type ExpectedPlace, expectedPlaces } from './expected-places.js';
import { type OwnPlace, ownPlaces } from './own-places.js';
import { chatStream, streamIn } from './plain-streams.js';

const wholeIn: Readonly<Record<string, object>> = { ...plainAnswerIn, 'cohere-v2-chat': cohereAnswer };
const streamedIn: Readonly<Record<string, string>> = { ...streamIn, 'cohere-v2-chat': cohereStream };

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
      const [, id = ''] = recorded.path.split('/');
      const own = ownPlaces[id];
      const asked = own === undefined ? answerAsDeclared(recorded, response) : answerInOwnWay(own, recorded, response);
      return asked === undefined ? undefined : seen.push({ place: id, ...asked });
    });
  });
  return { seen, baseUrl: (place) => `${upstream.url}/${place}`, close: () => upstream.close() };
}

/** What was asked for, if it was asked as the declaration says. */
function answerAsDeclared(recorded: RecordedRequest, response: ServerResponse): Omit<Seen, 'place'> | undefined {
  const { id, place, dialect, problem } = judged(recorded);
  if (problem !== undefined || dialect === undefined) {
    refuse(response, `${id}: ${problem ?? `nothing is at ${recorded.path}`}`);
    return undefined;
  }
  const body = JSON.parse(recorded.body.toString('utf8')) as Body;
  answer(response, dialect, isStream(dialect, recorded.path, body), place);
  return { dialect, body };
}

/** What was asked for, if that was a model and asked as the place wants it. */
function answerInOwnWay(place: OwnPlace, request: RecordedRequest, response: ServerResponse): Omit<Seen, 'place'> | undefined {
  try {
    return place.answer(request, response);
  } catch (error) {
    refuse(response, error instanceof Error ? error.message : String(error));
    return undefined;
  }
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
  if (!stream) response.end(JSON.stringify(wholeIn[dialect]));
  else response.end(dialect === 'openai-chat' ? chatStream(usage) : streamedIn[dialect]);
}
