import { type Dialect, defineUnaryDialect, objectIn, tokenCount, UpstreamError, verdictForKind } from '@tollgate/plugin-kit';
import { needsBytes } from './encode-media.js';
import { encodeRequest } from './encode-request.js';
import { vendor } from './wire.js';

/** What counting knows of a request (API reference, `ConverseTokensRequest`). */
const countedFields: ReadonlySet<string> = new Set(['messages', 'system', 'toolConfig', 'additionalModelRequestFields']);

/** `CountTokens`: what a request of `Converse` would have as input. */
export const converseCountTokens: Dialect = defineUnaryDialect({
  id: 'bedrock-count-tokens',
  operation: 'count-tokens',
  vendor,
  readUsage: () => undefined,
  upstream: {
    needsBytes,
    encodeRequest(request, context) {
      const counted = Object.entries(encodeRequest(request, context)).filter(([field]) => countedFields.has(field));
      return { input: { converse: Object.fromEntries(counted) } };
    },
    decodeResponse(body) {
      const stated = objectIn(body)?.['inputTokens'];
      if (typeof stated === 'number') return { inputTokens: tokenCount(stated) };
      throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no count.', 'upstream_bad_answer'));
    },
  },
});
