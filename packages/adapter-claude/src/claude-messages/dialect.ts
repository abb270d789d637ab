import { type Dialect, foreignSealMark, openingTexts } from '@tollgate/plugin-kit';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { needsBytes } from './encode-media.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { endReader } from './end.js';
import { encodeErrorBody, encodeStreamError } from './errors.js';
import { removeAllSeals, removeForeignSeals } from './foreign-seals.js';
import { inspect } from './inspect.js';
import { instruct } from './instruct.js';
import { limitHeaders } from './limit-headers.js';
import { modelListing } from './model-listing.js';
import { ClaudeStreamDecoder } from './stream-decoder.js';
import { ClaudeStreamEncoder } from './stream-encoder.js';
import { thinkingInNames } from './thinking-in-names.js';
import { usageReader } from './usage.js';
import { dialectId, vendor } from './wire.js';

/** The messages language of Anthropic, toward clients and toward upstreams. */
export const claudeMessages: Dialect = {
  id: dialectId,
  wire: dialectId,
  vendor,
  framing: 'sse',
  usage: usageReader,
  end: endReader,
  upstream: {
    needsBytes,
    thinkingInNames,
    instruct,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new ClaudeStreamDecoder(out, context, editFrame),
  },
  client: {
    routes: [{ path: '/v1/messages' }],
    pathPrefixes: ['/v1/messages'],
    credentials: [{ header: 'x-api-key' }],
    passHeaders: ['anthropic-beta', 'anthropic-version'],
    limitHeaders,
    models: modelListing,
    guardedKeys: ['model', 'stream', 'max_tokens'],
    modelKey: 'model',
    inspect,
    opening: ({ system, messages }) => openingTexts(system, messages),
    framing: () => 'sse',
    foreignSeals: { mark: foreignSealMark, remove: removeForeignSeals, removeAll: removeAllSeals },
    decodeRequest,
    encodeResponse,
    streamEncoder: (out, request, context) => new ClaudeStreamEncoder(out, request.model, context),
    encodeError: (error, requestId) => ({ status: error.status, body: encodeErrorBody(error, requestId) }),
    encodeStreamError,
  },
};
