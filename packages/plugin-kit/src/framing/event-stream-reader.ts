import { crc32 } from 'node:zlib';
import type { OnFrame } from './frame-reader.js';

const preludeLength = 12;
const checksumLength = 4;
/** No service sends more in one message; what states more is no event stream. */
const messageLengthMax = 32 * 1_024 * 1_024;
const stringHeader = 7;
/** Bytes of header values by type where they are always the same: booleans, integers, a time, a UUID. */
const fixedLengths: ReadonlyMap<number, number> = new Map([
  [0, 0],
  [1, 0],
  [2, 1],
  [3, 2],
  [4, 4],
  [5, 8],
  [8, 8],
  [9, 16],
]);

/**
 * Reads the binary messages of AWS's event streams: lengths, headers, payload, and checksums over them ("Amazon EventStream encoding", AWS's
 * developer guides). A frame's data is the payload as text, its event the type of the event or exception.
 */
export class EventStreamReader {
  readonly #onFrame: OnFrame;
  #pieces: Buffer[] = [];
  #piecesLength = 0;
  #lengthWanted = preludeLength;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  /** @throws SyntaxError if the bytes are no event stream, or damaged. */
  push(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#piecesLength += bytes.length;
    if (this.#piecesLength < this.#lengthWanted) return;
    let rest = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces);
    while (rest.length >= preludeLength) {
      const length = messageLengthIn(rest);
      this.#lengthWanted = length;
      if (rest.length < length) break;
      this.#message(rest.subarray(0, length));
      rest = rest.subarray(length);
      this.#lengthWanted = preludeLength;
    }
    this.#pieces = rest.length === 0 ? [] : [rest];
    this.#piecesLength = rest.length;
  }

  /** A message without its end is none. */
  end(): void {
    this.#pieces = [];
  }

  #message(message: Buffer): void {
    const checksumAt = message.length - checksumLength;
    if (crc32(message.subarray(0, checksumAt)) !== message.readUInt32BE(checksumAt)) throw new SyntaxError('A message is damaged.');
    const payloadAt = preludeLength + message.readUInt32BE(4);
    const headers = textHeaders(message.subarray(preludeLength, payloadAt));
    const event = headers.get(':exception-type') ?? headers.get(':error-code') ?? headers.get(':event-type');
    this.#onFrame(message.toString('utf8', payloadAt, checksumAt), event);
  }
}

/** @throws SyntaxError unless the bytes start with a prelude. */
function messageLengthIn(bytes: Buffer): number {
  const length = bytes.readUInt32BE(0);
  const headersLength = bytes.readUInt32BE(4);
  const isWhole = crc32(bytes.subarray(0, 8)) === bytes.readUInt32BE(8);
  if (!isWhole || length > messageLengthMax || length < preludeLength + headersLength + checksumLength)
    throw new SyntaxError('The answer is no event stream.');
  return length;
}

function textHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + bytes.readUInt8(at);
    const type = bytes.readUInt8(nameEnd);
    const fixed = fixedLengths.get(type);
    const valueAt = nameEnd + (fixed === undefined ? 3 : 1);
    const valueEnd = valueAt + (fixed ?? bytes.readUInt16BE(nameEnd + 1));
    if (type === stringHeader) headers.set(bytes.toString('utf8', at + 1, nameEnd), bytes.toString('utf8', valueAt, valueEnd));
    at = valueEnd;
  }
  return headers;
}
