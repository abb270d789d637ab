import type { IncomingMessage } from 'node:http';
import type { PublicError } from '@tollgate/plugin-kit';
import type { ClientReply } from '../relay/client-reply.js';
import type { ServedDialect } from '../relay/relay-call.js';
import { presentError } from './error-presenter.js';

const readAwayMs = 1_000;

/** Tells the caller, in its dialect, why there is no answer. */
export function sendRefusal(
  error: PublicError,
  dialect: ServedDialect,
  reply: ClientReply,
  requestId: string,
  request: IncomingMessage,
): void {
  const { status, headers, body } = presentError(error, requestId, dialect);
  for (const [name, value] of Object.entries(headers)) reply.setHeader(name, value);
  if (!request.complete) readAway(request);
  reply.sendWhole(status, 'application/json', body);
}

/**
 * The rest of a body that nobody needs. A connection that is closed with bytes unread is reset, and the client may never see the answer: so
 * they are read for a while, and only a client that goes on sending is cut off.
 */
function readAway(request: IncomingMessage): void {
  const cutOff = setTimeout(() => request.socket.destroy(), readAwayMs).unref();
  request.once('end', () => clearTimeout(cutOff));
  request.resume();
}
