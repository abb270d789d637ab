import { type Dialect, openingTexts } from '@tollgate/plugin-kit';
import { instructResponses } from '../instructions.js';
import { encodeError } from '../public-error.js';
import { fileRoutes } from '../resources/file-routes.js';
import { codexAnswerHeaders, codexHeaders } from './codex-headers.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { responsesEnd } from './end.js';
import { inspect } from './inspect.js';
import { responsesKept } from './kept.js';
import { responsesRoutes } from './resource-routes.js';
import { foreignSeals } from './seals.js';
import { ResponsesStreamDecoder } from './stream-decoder.js';
import { ResponsesStreamEncoder } from './stream-encoder.js';
import { encodeStreamError } from './stream-error.js';
import { thinkingInNames } from './thinking-in-names.js';
import { responsesUsage } from './usage.js';
import { responsesDialectId } from './wire.js';

/** Responses, the vendor's newer API: items instead of messages, events instead of chunks. */
export const openaiResponses: Dialect = {
  id: responsesDialectId,
  wire: responsesDialectId,
  vendor: 'openai',
  framing: 'sse',
  usage: responsesUsage,
  end: responsesEnd,
  kept: responsesKept,
  upstream: {
    // Images and files go by address.
    needsBytes: ({ media }) => media === 'audio',
    thinkingInNames,
    instruct: instructResponses,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new ResponsesStreamDecoder(out, context, editFrame),
  },
  client: {
    routes: [{ path: '/v1/responses' }],
    pathPrefixes: ['/v1/responses', '/v1/conversations', '/v1/files'],
    credentials: [],
    passHeaders: codexHeaders,
    answerHeaders: codexAnswerHeaders,
    resources: [...responsesRoutes, ...fileRoutes],
    guardedKeys: ['model', 'stream', 'max_output_tokens', 'background', 'store', 'previous_response_id', 'conversation', 'input', 'tools'],
    modelKey: 'model',
    inspect,
    opening: ({ instructions, input }) => openingTexts(instructions, input),
    framing: () => 'sse',
    foreignSeals,
    decodeRequest,
    encodeResponse,
    streamEncoder: (out, request, context) => new ResponsesStreamEncoder(out, request, context),
    encodeError,
    encodeStreamError,
  },
};
