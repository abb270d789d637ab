import { type Dialect, type Instructions, type JsonObject, withInstructions } from '@tollgate/plugin-kit';
import { decodeResponse } from './decode-response.js';
import { needsBytes } from './encode-media.js';
import { encodeRequest } from './encode-request.js';
import { ConverseStreamDecoder } from './stream-decoder.js';
import { usageReader } from './usage.js';
import { dialectId, vendor } from './wire.js';

/** The language that Bedrock has for the models of all makers: `Converse` and `ConverseStream`. No client speaks it here. */
export const converse: Dialect = {
  id: dialectId,
  wire: dialectId,
  vendor,
  framing: 'aws-event-stream',
  usage: usageReader,
  upstream: {
    needsBytes,
    instruct,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new ConverseStreamDecoder(out, context, editFrame),
  },
};

function instruct(body: JsonObject, instructions: Instructions): void {
  const given = body['system'];
  const blocks = Array.isArray(given) && given.length > 0 ? given : undefined;
  body['system'] = blocks === undefined ? [{ text: instructions.text }] : withInstructions(blocks, instructions, (text) => ({ text }));
}
