import { type Dialect, openingTexts } from '@tollgate/plugin-kit';
import { instructChat } from '../instructions.js';
import { modelListing } from '../model-list.js';
import { encodeError, errorObject } from '../public-error.js';
import { decodeRequest } from './decode-request.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { encodeResponse } from './encode-response.js';
import { chatEnd } from './end.js';
import { foreignSeals } from './foreign-seals.js';
import { inspect } from './inspect.js';
import { ChatStreamDecoder } from './stream-decoder.js';
import { ChatStreamEncoder } from './stream-encoder.js';
import { thinkingInNames } from './thinking-in-names.js';
import { chatUsage } from './usage.js';
import { usageOnDemand } from './usage-on-demand.js';
import { chatDialectId } from './wire.js';

/** Chat Completions, the vendor's own and what compatible servers make of it. */
export const openaiChat: Dialect = {
  id: chatDialectId,
  wire: chatDialectId,
  vendor: 'openai',
  framing: 'sse',
  usage: chatUsage,
  end: chatEnd,
  upstream: {
    // Images and films go by address, everything else only as bytes.
    needsBytes: ({ media }) => media === 'file' || media === 'audio',
    thinkingInNames,
    instruct: instructChat,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new ChatStreamDecoder(out, context, editFrame),
  },
  client: {
    routes: [{ path: '/v1/chat/completions' }],
    // Errors on paths that belong to no dialect look like chat's, the shape that most clients read.
    pathPrefixes: ['/v1/', '/'],
    credentials: [],
    // Organisation and project name the caller's account at the vendor; here the channel's account pays, so they stay.
    passHeaders: ['openai-beta'],
    models: modelListing,
    guardedKeys: ['model', 'stream', 'stream_options', 'max_tokens', 'max_completion_tokens', 'n', 'messages'],
    modelKey: 'model',
    inspect,
    opening: ({ messages }) => openingTexts(undefined, messages),
    framing: () => 'sse',
    foreignSeals,
    usageOnDemand,
    decodeRequest,
    encodeResponse,
    streamEncoder: (out, request, context) => new ChatStreamEncoder(out, request, context),
    encodeError,
    encodeStreamError: (error) => [{ data: JSON.stringify({ error: errorObject(error) }) }],
  },
};
