import { BadRequestError, type JsonObject, type RequestFacts } from '@tollgate/plugin-kit';
import { optionalBoolean, optionalCount, requireName } from '../request-fields.js';
import { referencesOf } from './references.js';

/** @throws BadRequestError if a field that the gateway needs is missing or of the wrong type, or the answer shall come later. */
export function inspect(body: JsonObject): RequestFacts {
  const model = requireName(body['model'], 'model');
  const stream = optionalBoolean(body['stream'], 'stream') ?? false;
  const outputTokensMax = optionalCount(body['max_output_tokens'], 'max_output_tokens');
  if (optionalBoolean(body['background'], 'background') === true) {
    throw new BadRequestError(
      'background is not offered here: leave it out and read the answer, streamed if it takes long.',
      'background',
      'background_not_supported',
    );
  }
  // The vendor stores answers unless told not to.
  const keeps = optionalBoolean(body['store'], 'store') ?? true;
  const facts = { model, stream, keeps, ...referencesOf(body).facts };
  return outputTokensMax === undefined ? facts : { ...facts, outputTokensMax };
}
