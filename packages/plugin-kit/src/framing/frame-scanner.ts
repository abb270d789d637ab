import { StringDecoder } from 'node:string_decoder';
import type { Framing } from '../dialect.js';
import type { FrameReader, OnFrame } from './frame-reader.js';
import { JsonArrayReader } from './json-array-reader.js';
import { JsonLinesReader } from './json-lines-reader.js';
import { SseReader } from './sse-reader.js';

const byteOrderMark = 0xfeff;

/**
 * Finds the frames of one response in its bytes, however the network cut them. A frame is handed out as soon as it is complete.
 * What `onFrame` throws comes out of `push` and `end`; the scanner is of no use afterwards.
 */
export class FrameScanner {
  readonly #decoder = new StringDecoder('utf8');
  readonly #reader: FrameReader;
  #isFirstText = true;

  constructor(framing: Framing, onFrame: OnFrame) {
    this.#reader = readerOf(framing, onFrame);
  }

  push(chunk: Buffer): void {
    this.#pushText(this.#decoder.write(chunk));
  }

  /** Hands out what the stream left unfinished if it is a whole JSON text: some vendors forget the last line ends. */
  end(): void {
    this.#pushText(this.#decoder.end());
    this.#reader.end();
  }

  #pushText(text: string): void {
    if (text === '') return;
    const hasMark = this.#isFirstText && text.charCodeAt(0) === byteOrderMark;
    this.#isFirstText = false;
    this.#reader.push(hasMark ? text.slice(1) : text);
  }
}

function readerOf(framing: Framing, onFrame: OnFrame): FrameReader {
  if (framing === 'sse') return new SseReader(onFrame);
  return framing === 'json-array' ? new JsonArrayReader(onFrame) : new JsonLinesReader(onFrame);
}
