import type { CanonicalRequest, CanonicalResponse, CodecContext } from '@tollgate/plugin-kit';
import { groundingOf } from './citations.js';
import { answerPart } from './encode-answer.js';
import { finishReasonOf } from './stop-reason.js';
import { encodeUsage } from './usage.js';
import type { WireCandidate } from './wire.js';

/** The body of a unary answer. */
export function encodeResponse(response: CanonicalResponse, _request: CanonicalRequest, context: CodecContext): object {
  const parts = response.blocks.map((block) => answerPart(block, context)).filter((part) => part !== undefined);
  const groundingMetadata = groundingOf(response.blocks.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : [])));
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
