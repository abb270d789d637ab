import {
  type CanonicalRequest,
  type CodecContext,
  type Dialect,
  defineUnaryDialect,
  type JsonObject,
  type RequestFacts,
  tokenCount,
  UpstreamError,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { modelInPath } from './client-requests.js';
import { decodeRequest } from './decode-request.js';
import { needsBytes } from './encode-media.js';
import { encodeRequest } from './encode-request.js';
import { encodeError } from './errors.js';
import { thinkingInNames } from './thinking-in-names.js';
import { referencesOf } from './references.js';
import { geminiVendor, isJsonObject } from './wire.js';

/** `:countTokens`. The request to be counted stands in the body as it is, or whole in `generateContentRequest`. */
export const geminiCountTokens: Dialect = defineUnaryDialect({
  id: 'gemini-count-tokens',
  operation: 'count-tokens',
  vendor: geminiVendor,
  readUsage: () => undefined,
  upstream: {
    needsBytes,
    thinkingInNames: {
      ...thinkingInNames,
      // Beside contents alone there is no place for settings.
      write(body, named, context) {
        const whole = wholeRequest(body);
        if (whole !== undefined) thinkingInNames.write(whole, named, context);
      },
    },
    encodeRequest: (request, context) => ({
      generateContentRequest: { model: `models/${context.model.id}`, ...encodeRequest(request, context) },
    }),
    decodeResponse(body) {
      if (isJsonObject(body) && typeof body['totalTokens'] === 'number') return { inputTokens: tokenCount(body['totalTokens']) };
      throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no count.', 'upstream_bad_answer'));
    },
  },
  client: {
    routes: ['/v1beta', '/v1'].map((version) => ({ path: `${version}/models/{model}:countTokens` })),
    credentials: [{ header: 'x-goog-api-key' }, { query: 'key' }],
    guardedKeys: ['generateContentRequest', 'generate_content_request', 'contents'],
    inspect: (body, target) => ({ model: modelInPath(target), ...countedReferences(body) }),
    decodeRequest: decodeCounted,
    encodeResponse: ({ inputTokens }) => ({ totalTokens: inputTokens }),
    encodeError,
  },
  edits: { request: nameModel },
});

function countedReferences(body: JsonObject): Pick<RequestFacts, 'refersTo'> {
  const whole = wholeRequest(body);
  const refersTo = whole === undefined ? referencesOf(body) : referencesOf(whole, 'generateContentRequest.');
  return refersTo.length === 0 ? {} : { refersTo };
}

function decodeCounted(body: JsonObject, facts: RequestFacts, context: CodecContext): CanonicalRequest {
  const whole = wholeRequest(body);
  return decodeRequest(whole ?? body, facts, context);
}

/** The model stands in the path and, where the request is whole, in the body again. */
function nameModel(body: JsonObject, context: CodecContext): void {
  const whole = wholeRequest(body);
  if (whole !== undefined) whole['model'] = `models/${context.model.id}`;
}

function wholeRequest(body: JsonObject): JsonObject | undefined {
  const whole = body['generateContentRequest'] ?? body['generate_content_request'];
  return isJsonObject(whole) ? whole : undefined;
}
