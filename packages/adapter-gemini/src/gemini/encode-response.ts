import type { Block, CanonicalRequest, CanonicalResponse, CodecContext, ThinkingBlock } from '@tollgate/plugin-kit';
import { groundingOf } from './citations.js';
import { answerParts, callPart, queriesIn } from './encode-answer.js';
import { needsCarrying } from './seals.js';
import { finishReasonOf } from './stop-reason.js';
import { encodeUsage } from './usage.js';
import type { WireCandidate } from './wire.js';

/** The body of a unary answer. */
export function encodeResponse(response: CanonicalResponse, _request: CanonicalRequest, context: CodecContext): object {
  const parts = allParts(response.blocks, context);
  const citations = response.blocks.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
  const queries = response.blocks.flatMap((block) => queriesIn(block) ?? []);
  const groundingMetadata = groundingOf(citations, queries);
  const candidate: WireCandidate = {
    content: { parts, role: 'model' },
    finishReason: finishReasonOf(response.stop),
    index: 0,
    ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
  };
  return {
    candidates: [candidate],
    usageMetadata: encodeUsage(response.usage),
    modelVersion: response.model,
    responseId: response.id,
  };
}

function allParts(blocks: readonly Block[], context: CodecContext): WireCandidate['content']['parts'] {
  const parts: WireCandidate['content']['parts'] = [];
  let thinking: ThinkingBlock[] = [];
  for (const block of blocks) {
    if (block.type === 'thinking' && needsCarrying(block)) thinking.push(block);
    parts.push(...(block.type === 'tool-call' ? [callPart(block, thinking, context)] : answerParts(block, context)));
    if (block.type === 'tool-call') thinking = [];
  }
  return parts;
}
