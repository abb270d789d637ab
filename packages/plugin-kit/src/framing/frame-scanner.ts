import { StringDecoder } from 'node:string_decoder';
import type { Dialect, UpstreamFraming } from '../dialect.js';
import { EventStreamReader } from './event-stream-reader.js';
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
  readonly #reader: TextBytes | EventStreamReader;

  constructor(framing: UpstreamFraming, onFrame: OnFrame) {
    this.#reader = framing === 'aws-event-stream' ? new EventStreamReader(onFrame) : new TextBytes(readerOf(framing, onFrame));
  }

  push(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  /** Hands out what the stream left unfinished if it is a whole JSON text: some vendors forget the last line ends. */
  end(): void {
    this.#reader.end();
  }
}

/** The scanner of a place's answers in a dialect: what they are wrapped in is off before anybody reads a frame. */
export function upstreamScanner(
  { framing: own, unwrap }: Pick<Dialect, 'framing' | 'unwrap'>,
  onFrame: OnFrame,
  framing: UpstreamFraming = own,
): FrameScanner {
  if (unwrap === undefined) return new FrameScanner(framing, onFrame);
  return new FrameScanner(framing, (data, event) => {
    const frame = unwrap(event === undefined ? { data } : { data, event });
    onFrame(frame.data, frame.event);
  });
}

/** Bytes of text, decoded for a reader. */
class TextBytes {
  readonly #decoder = new StringDecoder('utf8');
  readonly #reader: FrameReader;
  #isFirstText = true;

  constructor(reader: FrameReader) {
    this.#reader = reader;
  }

  push(chunk: Buffer): void {
    this.#pushText(this.#decoder.write(chunk));
  }

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

function readerOf(framing: Exclude<UpstreamFraming, 'aws-event-stream'>, onFrame: OnFrame): FrameReader {
  if (framing === 'sse') return new SseReader(onFrame);
  return framing === 'json-array' ? new JsonArrayReader(onFrame) : new JsonLinesReader(onFrame);
}
