import { BadRequestError, type JsonObject, outputKindsIn, type RequestFacts } from '@tollgate/plugin-kit';
import { conversationFacts } from '../conversation-facts.js';
import { isObject, optionalBoolean, optionalCount, requireName } from '../request-fields.js';
import { referencesOf } from './references.js';
import { alwaysSearches } from './usage.js';

/** @throws BadRequestError if a field that the gateway needs is missing or of the wrong type. */
export function inspect(body: JsonObject): RequestFacts {
  const model = requireName(body['model'], 'model');
  const stream = optionalBoolean(body['stream'], 'stream') ?? false;
  const older = optionalCount(body['max_tokens'], 'max_tokens');
  const newer = optionalCount(body['max_completion_tokens'], 'max_completion_tokens');
  const choices = optionalCount(body['n'], 'n') ?? 1;
  const streamOptions = body['stream_options'];
  if (streamOptions !== undefined && (typeof streamOptions !== 'object' || Array.isArray(streamOptions))) {
    throw new BadRequestError('stream_options must be an object.', 'stream_options');
  }
  // An upstream may heed either name, so the caller allows the larger.
  const outputTokensMax = Math.max(older ?? 0, newer ?? 0);
  const facts = outputTokensMax === 0 ? { model, stream, choices } : { model, stream, choices, outputTokensMax };
  const searches = isObject(body['web_search_options']) || alwaysSearches(body);
  const outputKinds = outputKindsIn(body['modalities']);
  return {
    ...facts,
    ...referencesOf(body).facts,
    ...conversationFacts(body),
    ...(searches ? { serverTools: ['webSearches'] } : {}),
    ...(outputKinds === undefined ? {} : { outputKinds }),
    // The vendor keeps a copy, for the account's own purposes.
    ...(body['store'] === true ? { hasEffects: true } : {}),
  };
}
