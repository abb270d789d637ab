import { type Dialect, type DialectRoute, openingTexts } from '@tollgate/plugin-kit';
import { framingOf, inspectRequest } from './client-requests.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { needsBytes } from './encode-media.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { geminiEnd } from './end.js';
import { encodeError, encodeStreamError } from './errors.js';
import { instruct } from './instruct.js';
import { geminiModels } from './model-listing.js';
import { geminiResources } from './resource-routes.js';
import { foreignSeals } from './seals.js';
import { StreamDecoder } from './stream-decoder.js';
import { StreamEncoder } from './stream-encoder.js';
import { thinkingInNames } from './thinking-in-names.js';
import { geminiUsage } from './usage.js';
import { geminiId, geminiVendor } from './wire.js';

const routes: readonly DialectRoute[] = ['/v1beta', '/v1'].flatMap((version) => [
  { path: `${version}/models/{model}:generateContent`, stream: false },
  { path: `${version}/models/{model}:streamGenerateContent`, stream: true },
]);

/** The Gemini API's `generateContent` and `streamGenerateContent`. */
export const geminiDialect: Dialect = {
  id: geminiId,
  wire: geminiId,
  vendor: geminiVendor,
  framing: 'sse',
  usage: geminiUsage,
  end: geminiEnd,
  upstream: {
    needsBytes,
    thinkingInNames,
    instruct,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new StreamDecoder(out, context, editFrame),
  },
  client: {
    routes,
    pathPrefixes: ['/v1beta/', '/upload/v1beta/'],
    credentials: [{ header: 'x-goog-api-key' }, { query: 'key' }],
    passHeaders: [],
    models: geminiModels,
    resources: geminiResources,
    guardedKeys: [
      'generationConfig',
      'generation_config',
      'cachedContent',
      'cached_content',
      'contents',
      'systemInstruction',
      'system_instruction',
    ],
    inspect: inspectRequest,
    opening: (body) => openingTexts(body['systemInstruction'] ?? body['system_instruction'], body['contents']),
    framing: framingOf,
    foreignSeals,
    decodeRequest,
    encodeResponse,
    streamEncoder: (out, _request, context) => new StreamEncoder(out, context),
    encodeError,
    encodeStreamError,
    // The vendor's older SDK fails on SSE comments; an empty text reads as nothing in all of them.
    keepAliveFrame: { data: '{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"index":0}]}' },
  },
};
