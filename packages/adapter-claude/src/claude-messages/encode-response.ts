import type { Block, CanonicalRequest, CanonicalResponse, CodecContext, TextBlock, ThinkingBlock } from '@tollgate/plugin-kit';
import { encodeCitation } from './citations.js';
import { sealCarrier } from './placed-seals.js';
import { sealForClient } from './seals.js';
import { serverToolBlocks } from './server-tool-uses.js';
import { encodeStopReason } from './stop-reason.js';
import { argumentsObject } from './tool-arguments.js';
import { encodeUsage } from './usage.js';
import { dialectId, type WireBlock, type WireMessage } from './wire.js';

export function encodeResponse(response: CanonicalResponse, request: CanonicalRequest, context: CodecContext): WireMessage {
  return {
    id: response.id || context.newId('msg_'),
    type: 'message',
    role: 'assistant',
    // The name that was asked for: clients drop the thinking, seals and all, of what looks like another model's answer.
    model: request.model,
    content: response.blocks.flatMap((block) => encodeOutputBlock(block, context)),
    stop_reason: encodeStopReason(response.stop),
    stop_sequence: response.stopSequence ?? null,
    usage: encodeUsage(response.usage),
  };
}

/** A block of an answer, none where it says nothing or the dialect has no place for it. A seal on anything but thinking gets a block too. */
function encodeOutputBlock(block: Block, context: CodecContext): readonly WireBlock[] {
  switch (block.type) {
    case 'text':
      return [...encodeOutputText(block), ...(block.seal === undefined ? [] : [sealCarrier(block.seal, 'text')])];
    case 'thinking':
      return encodeOutputThinking(block);
    case 'tool-call':
      return [
        ...(block.seal === undefined ? [] : [sealCarrier(block.seal, { callId: block.id })]),
        { type: 'tool_use', id: block.id, name: block.name, input: argumentsObject(block, context) },
      ];
    default:
      return encodeWholeBlock(block, context);
  }
}

/** Clients send answers back as history, where the vendor refuses empty text: such a block is better left out at once. */
function encodeOutputText({ text, citations = [] }: TextBlock): readonly WireBlock[] {
  if (text === '') return [];
  return [{ type: 'text', text, ...(citations.length > 0 ? { citations: citations.map(encodeCitation) } : {}) }];
}

function encodeOutputThinking({ text, redacted, seal }: ThinkingBlock): readonly WireBlock[] {
  if (redacted === true) return seal === undefined ? [] : [{ type: 'redacted_thinking', data: sealForClient(seal) }];
  if (text === '' && seal === undefined) return [];
  return [{ type: 'thinking', thinking: text, signature: sealForClient(seal) }];
}

/** A block that streams bring in one piece. What a server tool did are two: its call and its result. */
export function encodeWholeBlock(block: Block, context: CodecContext): readonly WireBlock[] {
  if (block.type === 'opaque') {
    if (block.dialect === dialectId) return [block.data as WireBlock];
    const told = block.use === undefined ? undefined : serverToolBlocks(block.use, context);
    if (told !== undefined || block.toldLater === true) return told ?? [];
  }
  const what = block.type === 'opaque' ? `blocks that only ${block.dialect} knows` : 'media';
  context.lose({ field: 'content', how: 'dropped', why: `Answers of Claude have no place for ${what}.` });
  return [];
}
