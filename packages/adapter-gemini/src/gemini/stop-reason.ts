import type { StopReason } from '@tollgate/plugin-kit';
import type { WireCandidate } from './wire.js';

/** Reasons that say the model or the service broke off. All others that are not known here are policy (reference of `FinishReason`). */
const breakdowns: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
  'MALFORMED_RESPONSE',
  'NO_IMAGE',
]);

/** The stop reason behind a `finishReason`. The dialect has no reason of its own for tool calls: a natural end with calls waits for tools. */
export function stopReasonOf(finishReason: string, hasToolCalls: boolean): StopReason {
  if (finishReason === 'STOP') return hasToolCalls ? 'tool' : 'end';
  if (finishReason === 'MAX_TOKENS') return 'length';
  return breakdowns.has(finishReason) ? 'error' : 'filter';
}

const finishReasons: Readonly<Record<StopReason, NonNullable<WireCandidate['finishReason']>>> = {
  end: 'STOP',
  'stop-sequence': 'STOP',
  tool: 'STOP',
  pause: 'STOP',
  length: 'MAX_TOKENS',
  filter: 'SAFETY',
  refusal: 'SAFETY',
  error: 'OTHER',
};

export function finishReasonOf(stop: StopReason): NonNullable<WireCandidate['finishReason']> {
  return finishReasons[stop];
}
