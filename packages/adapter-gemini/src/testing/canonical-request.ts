import type { CanonicalRequest, Turn } from '@tollgate/plugin-kit';

/** A request of one user turn, with whatever a test is about. */
export function canonicalRequest(fields: Partial<CanonicalRequest> = {}): CanonicalRequest {
  return { model: 'gemini-2.5-flash', stream: false, turns: [userSays('Hi')], ...fields };
}

export function userSays(text: string): Turn {
  return { role: 'user', blocks: [{ type: 'text', text }] };
}
