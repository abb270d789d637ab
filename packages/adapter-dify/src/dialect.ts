import type { Dialect, Instructions, JsonObject } from '@tollgate/plugin-kit';
import { decodeResponse, usageReader } from './answer.js';
import { encodeRequest, needsBytes } from './encode-request.js';
import { DifyStreamDecoder } from './stream-decoder.js';

/** The language of Dify's chat apps. No client speaks it here. */
export const difyChat: Dialect = {
  id: 'dify-chat',
  wire: 'dify-chat',
  vendor: 'dify',
  framing: 'sse',
  usage: usageReader,
  upstream: {
    needsBytes,
    instruct,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new DifyStreamDecoder(out, context, editFrame),
  },
};

/** Instructions have no place of their own: they stand before everything else, or behind it. */
function instruct(body: JsonObject, { text, how }: Instructions): void {
  const given = typeof body['query'] === 'string' ? body['query'] : '';
  body['query'] = how === 'append' ? `${given}\n\nSYSTEM:\n${text}` : `SYSTEM:\n${text}\n\n${given}`;
}
