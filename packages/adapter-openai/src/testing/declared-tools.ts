import type { CanonicalRequest, CanonicalResponse, ToolCallBlock } from '@tollgate/plugin-kit';
import { someResponse } from './arbitraries.js';
import { canonicalRequest } from './canonical.js';

/** A request that declares the tools for plain text which the answer calls. */
export function requestFor(response: CanonicalResponse): CanonicalRequest {
  const tools = callsOf(response).filter(({ freeform }) => freeform === true);
  return canonicalRequest({ stream: true, usageInStream: true, tools: tools.map(({ name }) => ({ name, freeform: true })) });
}

function callsOf({ blocks }: CanonicalResponse): readonly ToolCallBlock[] {
  return blocks.filter((block) => block.type === 'tool-call');
}

/** A tool takes either JSON or plain text. */
export function isConsistent(response: CanonicalResponse): boolean {
  const freeform = new Set(callsOf(response).flatMap((call) => (call.freeform === true ? [call.name] : [])));
  return callsOf(response).every((call) => call.freeform === true || !freeform.has(call.name));
}

/** Answers that chat can say in full, in which each tool is called in one way. */
export const consistentResponse = someResponse.filter(isConsistent);
