import type { IncomingHttpHeaders } from 'node:http';
import type { AttemptReply } from './client-reply.js';
import type { ServedDialect } from './relay-call.js';

const requestIdLengthMax = 200;

/** How the upstream names the request, in the first of these headers that is there. */
export function requestIdIn(headers: IncomingHttpHeaders, names: readonly string[] | undefined): string | undefined {
  if (names === undefined) return undefined;
  for (const name of names) if (headers[name] !== undefined) return String(headers[name]).slice(0, requestIdLengthMax);
  return undefined;
}

/** What clients of the dialect look for in an answer's head. */
export function passAnswerHeaders({ client }: ServedDialect, headers: IncomingHttpHeaders, reply: AttemptReply): void {
  if (client.answerHeaders === undefined || reply.headSent) return;
  for (const name of client.answerHeaders) {
    const value = headers[name];
    if (value !== undefined) reply.setHeader(name, String(value));
  }
}
