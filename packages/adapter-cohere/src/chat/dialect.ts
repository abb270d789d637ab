import { type Dialect, type Instructions, type JsonObject, objectIn, withInstructions } from '@tollgate/plugin-kit';
import { vendor } from '../wire.js';
import { decodeResponse } from './decode-response.js';
import { encodeRequest } from './encode-request.js';
import { CohereStreamDecoder } from './stream-decoder.js';
import { usageReader } from './usage.js';

/** `POST /v2/chat` of Cohere. No client speaks it here. */
export const cohereChat: Dialect = {
  id: 'cohere-v2-chat',
  wire: 'cohere-v2-chat',
  vendor,
  framing: 'sse',
  usage: usageReader,
  upstream: {
    // Cohere opens addresses itself.
    needsBytes: () => false,
    instruct,
    encodeRequest,
    decodeResponse,
    streamDecoder: (out, context, editFrame) => new CohereStreamDecoder(out, context, editFrame),
  },
};

/** Into the first message that instructs, behind the last of those, or before all messages. */
function instruct(body: JsonObject, instructions: Instructions): void {
  const { text, how } = instructions;
  const messages: readonly unknown[] = Array.isArray(body['messages']) ? body['messages'] : [];
  const instructs = (message: unknown): boolean => objectIn(message)?.['role'] === 'system';
  const place = how === 'append' ? messages.findLastIndex(instructs) : messages.findIndex(instructs);
  const first = { role: 'system', content: text };
  if (place < 0) body['messages'] = [first, ...messages];
  else if (how === 'set') body['messages'] = [first, ...messages.filter((message) => !instructs(message))];
  else {
    const given = objectIn(messages[place])?.['content'];
    const content = withInstructions(given, instructions, (block) => ({ type: 'text', text: block }));
    body['messages'] = messages.map((message, index) => (index === place ? { role: 'system', content } : message));
  }
}
