import type { FrameReader, OnFrame } from './frame-reader.js';
import { isJsonDocument, startsLikeJson } from './is-json-document.js';

const lineFeed = 0x0a;
const space = 0x20;
/** Text between the frames is kept up to this length; an error object is shorter, and a page of HTML is none. */
const bareTextLengthMax = 64 * 1024;
/** Stands for a text that was longer: no JSON, whatever follows. */
const tooLong = 'too long\n';

/** Reads server-sent events by the rules of the WHATWG HTML standard, section "Interpreting an event stream". */
export class SseReader implements FrameReader {
  readonly #onFrame: OnFrame;
  #unfinishedLine = '';
  /** The last text ended with a CR: an LF that comes next belongs to the same line end. */
  #ignoresLineFeed = false;
  #data: string | undefined;
  #event: string | undefined;
  /** JSON that a vendor wrote between the frames without `data:`: how some report an error in mid-stream. */
  #bareText = '';

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  push(chunk: string): void {
    const text = this.#withLineFeeds(chunk);
    let lineStart = 0;
    for (let lineEnd = text.indexOf('\n'); lineEnd >= 0; lineEnd = text.indexOf('\n', lineStart)) {
      this.#takeLine(this.#unfinishedLine + text.slice(lineStart, lineEnd));
      this.#unfinishedLine = '';
      lineStart = lineEnd + 1;
    }
    this.#unfinishedLine += text.slice(lineStart);
  }

  end(): void {
    if (this.#unfinishedLine !== '') this.#takeLine(this.#unfinishedLine);
    if (this.#data !== undefined && isJsonDocument(this.#data)) this.#dispatch();
    if (isJsonDocument(this.#bareText)) this.#onFrame(this.#bareText, undefined);
  }

  #withLineFeeds(chunk: string): string {
    const text = this.#ignoresLineFeed && chunk.charCodeAt(0) === lineFeed ? chunk.slice(1) : chunk;
    this.#ignoresLineFeed = chunk.endsWith('\r');
    return text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text;
  }

  #takeLine(line: string): void {
    if (line === '') this.#dispatch();
    else if (line.startsWith('data:')) this.#addData(valueAfter(line, 5));
    else if (line.startsWith('event:')) this.#event = valueAfter(line, 6);
    else if (line.startsWith(':')) return;
    else if (line === 'data') this.#addData('');
    else if (line === 'event') this.#event = '';
    else if (this.#bareText !== '' || startsLikeJson(line)) this.#addBareText(line);
  }

  #addData(value: string): void {
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }

  #addBareText(line: string): void {
    this.#bareText = this.#bareText.length + line.length < bareTextLengthMax ? `${this.#bareText}${line}\n` : tooLong;
  }

  #dispatch(): void {
    const data = this.#data;
    const event = this.#event;
    this.#data = undefined;
    this.#event = undefined;
    if (data !== undefined) this.#onFrame(data, event === '' ? undefined : event);
  }
}

function valueAfter(line: string, colonEnd: number): string {
  return line.slice(line.charCodeAt(colonEnd) === space ? colonEnd + 1 : colonEnd);
}
