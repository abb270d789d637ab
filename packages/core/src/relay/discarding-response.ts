import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';

/** Nothing waits for a reader that is not there. */
const neverFull = 2 ** 30;

/** A response without a client: what is written to it is gone at once. To destroy it looks like a client that leaves. */
export function discardingResponse(): ServerResponse {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const sink = new Writable({ highWaterMark: neverFull, write: (_chunk, _encoding, done) => done() });
  response.assignSocket(sink as unknown as Socket);
  return response;
}
