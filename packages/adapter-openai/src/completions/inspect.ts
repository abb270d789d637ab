import { BadRequestError, type JsonObject, type RequestFacts } from '@tollgate/plugin-kit';
import { optionalBoolean, optionalCount, optionalNumber, optionalObject, requireName } from '../request-fields.js';

/** The most answers that the vendor gives to a prompt. */
const answersMax = 128;

/** @throws BadRequestError if a field that the gateway needs is missing or of the wrong type. */
export function inspect(body: JsonObject): RequestFacts {
  const model = requireName(body['model'], 'model');
  const stream = optionalBoolean(body['stream'], 'stream') ?? false;
  optionalObject(body['stream_options'], 'stream_options');
  const outputTokensMax = readOutputLimit(body['max_tokens']);
  const choices = promptsIn(body['prompt']) * Math.max(readAnswers(body, 'n'), readAnswers(body, 'best_of'));
  return outputTokensMax === undefined ? { model, stream, choices } : { model, stream, choices, outputTokensMax };
}

/** None at all is a fair wish here: with `echo` and `logprobs` the vendor judges a text and writes nothing. */
function readOutputLimit(value: unknown): number | undefined {
  const limit = optionalNumber(value, 'max_tokens');
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 0)) {
    throw new BadRequestError('max_tokens must be a whole number.', 'max_tokens');
  }
  return limit;
}

/** What the vendor writes and bills for each prompt: `best_of` answers are written where it shows only the best. */
function readAnswers(body: JsonObject, field: 'n' | 'best_of'): number {
  const count = optionalCount(body[field], field) ?? 1;
  if (count > answersMax) throw new BadRequestError(`${field} must be at most ${answersMax}.`, field);
  return count;
}

/** A list of numbers is one prompt, cut into tokens. */
function promptsIn(prompt: unknown): number {
  if (!Array.isArray(prompt) || typeof prompt[0] === 'number') return 1;
  return Math.max(1, prompt.length);
}
