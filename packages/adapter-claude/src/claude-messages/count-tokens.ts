import { BadRequestError, type Dialect, defineUnaryDialect, tokenCount, UpstreamError, verdictForKind } from '@tollgate/plugin-kit';
import { decodeRequest } from './decode-request.js';
import { needsBytes } from './encode-media.js';
import { encodeRequest } from './encode-request.js';
import { encodeErrorBody } from './errors.js';
import { thinkingInNames } from './thinking-in-names.js';
import { isObject, vendor } from './wire.js';

/** What the counting endpoint knows of a request, by the vendor's API reference. */
const countedFields: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'mcp_servers',
  'context_management',
  'output_config',
]);

/** `POST /v1/messages/count_tokens`. */
export const claudeCountTokens: Dialect = defineUnaryDialect({
  id: 'claude-count-tokens',
  operation: 'count-tokens',
  vendor,
  readUsage: () => undefined,
  upstream: {
    needsBytes,
    thinkingInNames,
    encodeRequest: (request, context) =>
      Object.fromEntries(Object.entries(encodeRequest(request, context)).filter(([field]) => countedFields.has(field))),
    decodeResponse(body) {
      if (isObject(body) && typeof body.input_tokens === 'number') return { inputTokens: tokenCount(body.input_tokens) };
      throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no count.', 'upstream_bad_answer'));
    },
  },
  client: {
    routes: [{ path: '/v1/messages/count_tokens' }],
    credentials: [{ header: 'x-api-key' }],
    passHeaders: ['anthropic-beta', 'anthropic-version'],
    guardedKeys: ['model'],
    modelKey: 'model',
    inspect({ model }) {
      if (typeof model === 'string' && model !== '') return { model };
      throw new BadRequestError('model is required: the name of the model, as text.', 'model');
    },
    decodeRequest,
    encodeResponse: ({ inputTokens }) => ({ input_tokens: inputTokens }),
    encodeError: (error, requestId) => ({ status: error.status, body: encodeErrorBody(error, requestId) }),
  },
});
