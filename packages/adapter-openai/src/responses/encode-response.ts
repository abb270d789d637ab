import type { CanonicalRequest, CanonicalResponse, CodecContext } from '@tollgate/plugin-kit';
import { reportOnce } from '../report-once.js';
import { answerFrame } from './answer.js';
import { outputItems } from './output-items.js';
import { writeStop } from './stop-reason.js';
import { writeResponsesUsage } from './usage.js';
import type { Answer } from './wire.js';

/** The whole answer for a client of this dialect. */
export function encodeResponse(response: CanonicalResponse, request: CanonicalRequest, givenContext: CodecContext): Answer {
  const context = reportOnce(givenContext);
  return {
    ...answerFrame(response.id, response.model, request, context),
    ...writeStop(response.stop),
    error: null,
    output: outputItems(response.blocks, request, context),
    usage: writeResponsesUsage(response.usage),
  };
}
