import { type Frame, FrameWriter, type Framing, keepAlive, type PublicError } from '@tollgate/plugin-kit';
import type { ServedDialect } from './relay-call.js';

/**
 * The bytes that end a stream which broke, in the client's dialect. They follow a whole frame: the relay never writes half of one.
 * @param afterFrames whether frames went out before; the layout of a JSON array depends on it.
 */
export function terminalErrorBytes(
  dialect: ServedDialect,
  framing: Framing,
  error: PublicError,
  requestId: string,
  afterFrames: boolean,
): string {
  const frames = dialect.client.encodeStreamError(error, requestId);
  if (framing === 'json-array' && afterFrames) return `,\r\n${frames.map(({ data }) => data).join(',\r\n')}]`;
  return laidOut(framing, frames);
}

/** What keeps a silent stream open; undefined where the framing has no room for it. */
export function keepAliveBytes(dialect: ServedDialect, framing: Framing): string | undefined {
  const { keepAliveFrame } = dialect.client;
  return keepAliveFrame === undefined || framing !== 'sse' ? keepAlive(framing) : laidOut(framing, [keepAliveFrame]);
}

function laidOut(framing: Framing, frames: readonly Frame[]): string {
  let text = '';
  const writer = new FrameWriter(framing, (part) => {
    text += part;
  });
  for (const { data, event } of frames) writer.frame(data, event);
  writer.end();
  return text;
}
