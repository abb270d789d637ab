import { type Dialect, defineUnaryDialect, type JsonObject, tokenCount, UpstreamError, verdictForKind } from '@tollgate/plugin-kit';
import { encodeError } from '../public-error.js';
import { isObject, requireName } from '../request-fields.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { thinkingInNames } from './thinking-in-names.js';
import { referencesOf } from './references.js';

/** What the counting endpoint knows of a request, by the vendor's API reference. */
const countedFields: ReadonlySet<string> = new Set([
  'model',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'truncation',
  'previous_response_id',
  'conversation',
]);

/** `POST /v1/responses/input_tokens`. */
export const openaiInputTokens: Dialect = defineUnaryDialect({
  id: 'openai-input-tokens',
  operation: 'count-tokens',
  vendor: 'openai',
  readUsage: () => undefined,
  upstream: {
    thinkingInNames,
    encodeRequest: (request, context) =>
      Object.fromEntries(Object.entries(encodeRequest(request, context)).filter(([field]) => countedFields.has(field))),
    decodeResponse(body) {
      if (isObject(body) && typeof body['input_tokens'] === 'number') return { inputTokens: tokenCount(body['input_tokens']) };
      throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no count.', 'upstream_bad_answer'));
    },
  },
  client: {
    routes: [{ path: '/v1/responses/input_tokens' }],
    guardedKeys: ['model', 'previous_response_id', 'conversation', 'input', 'tools'],
    modelKey: 'model',
    inspect: (body: JsonObject) => ({ model: requireName(body['model'], 'model'), ...referencesOf(body).facts }),
    decodeRequest,
    encodeResponse: ({ inputTokens }) => ({ object: 'response.input_tokens', input_tokens: inputTokens }),
    encodeError,
  },
});
