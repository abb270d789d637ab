import type { Block, CanonicalRequest, CanonicalResponse, TextBlock, Turn } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';

/** A request of one user turn, with whatever a test is about. */
export function canonicalRequest(fields: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: 'gpt-4o-mini', stream: false, turns: [turn('user', text('Hi'))], ...fields };
}

/** An answer of one text, with whatever a test is about. */
export function canonicalResponse(fields: Partial<CanonicalResponse> = {}): CanonicalResponse {
  return { id: 'chatcmpl-1', model: 'gpt-4o-mini', blocks: [text('Hello')], stop: 'end', usage: emptyUsage(), ...fields };
}

export function turn(role: Turn['role'], ...blocks: Block[]): Turn {
  return { role, blocks };
}

export function text(value: string): TextBlock {
  return { type: 'text', text: value };
}
