import type { Framing } from '../dialect.js';
import { JsonElements } from './json-elements.js';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/**
 * The index just after the last complete frame, 0 if there is none: up to there, bytes can be written on before something else is put
 * between. The bytes start where a stream or a frame starts.
 */
export function lastFrameEnd(framing: Framing, bytes: Buffer): number {
  if (framing === 'json-lines') return bytes.lastIndexOf(lineFeed) + 1;
  return framing === 'sse' ? lastBlankLineEnd(bytes) : lastElementEnd(bytes);
}

function lastBlankLineEnd(bytes: Buffer): number {
  if (bytes.length > 1 && bytes[bytes.length - 1] === lineFeed && bytes[bytes.length - 2] === lineFeed) return bytes.length;
  const end = bytes.lastIndexOf('\n\n') + 2;
  const plainEnd = end > 1 ? end : 0;
  return bytes.includes(carriageReturn) ? Math.max(plainEnd, lastReturnedLineEnd(bytes)) : plainEnd;
}

/** For blank lines that end in CR LF or CR. A CR at the very end waits for what follows: its LF would belong to the same line end. */
function lastReturnedLineEnd(bytes: Buffer): number {
  const head = bytes.subarray(0, -1);
  const start = Math.max(head.lastIndexOf('\n\r'), head.lastIndexOf('\r\r'));
  if (start < 0) return 0;
  return start + (bytes[start + 2] === lineFeed ? 3 : 2);
}

function lastElementEnd(bytes: Buffer): number {
  let last = 0;
  new JsonElements().scan(bytes.toString('latin1'), (_start, end) => {
    last = end;
  });
  return last;
}
