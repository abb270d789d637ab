import type { Dialect } from '@tollgate/plugin-kit';
import { chatEnd } from '../chat/end.js';
import { chatUsage } from '../chat/usage.js';
import { usageOnDemand } from '../chat/usage-on-demand.js';
import { encodeError, errorObject } from '../public-error.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { inspect } from './inspect.js';
import { CompletionStreamDecoder } from './stream-decoder.js';
import { CompletionStreamEncoder } from './stream-encoder.js';
import { completionsDialectId } from './wire.js';

/** Completions, the vendor's oldest API: one text to be gone on with. */
export const openaiCompletions: Dialect = {
  id: completionsDialectId,
  wire: completionsDialectId,
  vendor: 'openai',
  framing: 'sse',
  usage: chatUsage,
  end: chatEnd,
  upstream: {
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new CompletionStreamDecoder(out, context, editFrame),
  },
  client: {
    routes: [{ path: '/v1/completions' }],
    pathPrefixes: ['/v1/completions'],
    credentials: [],
    passHeaders: ['openai-beta'],
    guardedKeys: ['model', 'stream', 'stream_options', 'max_tokens', 'prompt', 'n', 'best_of'],
    modelKey: 'model',
    inspect,
    framing: () => 'sse',
    usageOnDemand,
    decodeRequest,
    encodeResponse,
    streamEncoder: (out, request, context) => new CompletionStreamEncoder(out, request, context),
    encodeError,
    encodeStreamError: (error) => [{ data: JSON.stringify({ error: errorObject(error) }) }],
  },
};
