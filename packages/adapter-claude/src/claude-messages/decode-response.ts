import {
  type Block,
  type CanonicalResponse,
  type CodecContext,
  emptyUsage,
  type JsonObject,
  UpstreamError,
  verdictForKind,
} from '@tollgate/plugin-kit';
import { decodeCitations } from './citations.js';
import { verdictOf } from './errors.js';
import { readSeal } from './seals.js';
import { ServerToolReader } from './server-tool-uses.js';
import { decodeStopReason } from './stop-reason.js';
import { readUsage } from './usage.js';
import { isObject, objectsIn, textIn } from './wire.js';

/** @throws UpstreamError if the body is an error, or no message at all. */
export function decodeResponse(body: unknown, context: CodecContext): CanonicalResponse {
  const failure = verdictOf(body);
  if (failure !== undefined) throw new UpstreamError(failure);
  if (!isObject(body)) throw new UpstreamError(verdictForKind('server', 502, 'The upstream sent no message.', 'upstream_invalid_response'));
  const usage = emptyUsage();
  if (isObject(body.usage)) readUsage(body.usage, usage);
  return {
    id: textIn(body.id) || context.newId('msg_'),
    model: textIn(body.model) || context.model.id,
    blocks: decodeOutput(objectsIn(body.content), context),
    stop: decodeStopReason(body.stop_reason),
    ...(typeof body.stop_sequence === 'string' ? { stopSequence: body.stop_sequence } : {}),
    usage,
  };
}

function decodeOutput(content: readonly JsonObject[], context: CodecContext): readonly Block[] {
  const serverTools = new ServerToolReader();
  const blocks = content.map((block) => decodeOutputBlock(block, serverTools, context));
  serverTools.loseUnanswered(context);
  return blocks;
}

function decodeOutputBlock(block: JsonObject, serverTools: ServerToolReader, context: CodecContext): Block {
  switch (block.type) {
    case 'text': {
      const citations = decodeCitations(block.citations);
      return { type: 'text', text: textIn(block.text), ...(citations.length > 0 ? { citations } : {}) };
    }
    case 'thinking': {
      const seal = readSeal(block.signature);
      return { type: 'thinking', text: textIn(block.thinking), ...(seal === undefined ? {} : { seal }) };
    }
    case 'redacted_thinking': {
      const seal = readSeal(block.data);
      return { type: 'thinking', text: '', redacted: true, ...(seal === undefined ? {} : { seal }) };
    }
    case 'tool_use':
      return {
        type: 'tool-call',
        id: textIn(block.id) || context.newId('toolu_'),
        name: textIn(block.name),
        arguments: JSON.stringify(block.input ?? {}),
      };
    default:
      return serverTools.block(block);
  }
}
