import { BadRequestError, type CanonicalRequest, type JsonObject, type RequestFacts } from '@tollgate/plugin-kit';
import { defined } from '../defined.js';
import { optionalBoolean, optionalObject, optionalText } from '../request-fields.js';
import { readSampling, readStop } from '../sampling-fields.js';
import { completionsDialectId } from './wire.js';

/** Top-level fields that have a place in the canonical form, or none at all; all others travel as extensions. */
const readFields: ReadonlySet<string> = new Set([
  'model',
  'stream',
  'stream_options',
  'prompt',
  'suffix',
  'echo',
  'n',
  'best_of',
  'max_tokens',
  'stop',
  'temperature',
  'top_p',
  'top_k',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'user',
]);

/**
 * The prompt as what a user says. What only a model of this dialect can do is refused rather than left out: an answer to another question
 * is worse than none.
 * @throws BadRequestError naming the field at fault.
 */
export function decodeRequest(body: JsonObject, facts: RequestFacts): CanonicalRequest {
  const text = readPrompt(body['prompt']);
  refuseFillIn(body['suffix']);
  for (const field of ['n', 'best_of']) {
    if (typeof body[field] === 'number' && body[field] > 1) throw new BadRequestError(`${field} must be 1 here: ${elsewhere}`, field);
  }
  if (facts.outputTokensMax === 0) throw new BadRequestError(`max_tokens must be at least 1 here: ${elsewhere}`, 'max_tokens');
  const streamOptions = optionalObject(body['stream_options'], 'stream_options');
  const { include_usage: usageInStream, ...streamRest } = streamOptions ?? {};
  return defined({
    model: facts.model,
    stream: facts.stream,
    turns: [{ role: 'user' as const, blocks: [{ type: 'text' as const, text }] }],
    outputTokensMax: facts.outputTokensMax,
    stopSequences: readStop(body['stop']),
    sampling: readSampling(body),
    endUser: optionalText(body['user'], 'user'),
    usageInStream: usageInStream === true ? (true as const) : undefined,
    echo: optionalBoolean(body['echo'], 'echo') === true ? (true as const) : undefined,
    extensions: readExtensions(body, streamRest),
  });
}

const elsewhere = 'the model is served by an upstream of another dialect, which takes one prompt and gives one answer.';

/** One text, or a list of one. @throws BadRequestError */
function readPrompt(prompt: unknown): string {
  const only: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof only === 'string' && only !== '') return only;
  if (typeof only === 'number' || (Array.isArray(only) && only.every((token) => typeof token === 'number' || Array.isArray(token)))) {
    throw new BadRequestError('prompt must be text here: tokens mean something to the model that they were made for only.', 'prompt');
  }
  if (Array.isArray(only)) throw new BadRequestError(`prompt must be one text here: ${elsewhere}`, 'prompt');
  throw new BadRequestError('prompt must be a text that is not empty, or a list of such texts.', 'prompt');
}

function refuseFillIn(suffix: unknown): void {
  const text = optionalText(suffix, 'suffix') ?? '';
  if (text === '') return;
  throw new BadRequestError('suffix cannot be used here: the model is served by an upstream that cannot fill in text.', 'suffix');
}

function readExtensions(body: JsonObject, streamRest: JsonObject): CanonicalRequest['extensions'] {
  const fields: JsonObject = {};
  for (const [field, value] of Object.entries(body)) {
    if (!readFields.has(field) && value !== null) fields[field] = value;
  }
  if (Object.keys(streamRest).length > 0) fields['stream_options'] = streamRest;
  return Object.keys(fields).length === 0 ? undefined : { [completionsDialectId]: fields };
}
