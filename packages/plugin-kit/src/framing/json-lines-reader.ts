import type { FrameReader, OnFrame } from './frame-reader.js';
import { isJsonDocument } from './is-json-document.js';

/** Reads one JSON text per line; empty lines are skipped. */
export class JsonLinesReader implements FrameReader {
  readonly #onFrame: OnFrame;
  #unfinishedLine = '';

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  push(text: string): void {
    let lineStart = 0;
    for (let lineEnd = text.indexOf('\n'); lineEnd >= 0; lineEnd = text.indexOf('\n', lineStart)) {
      this.#takeLine(this.#unfinishedLine + text.slice(lineStart, lineEnd));
      this.#unfinishedLine = '';
      lineStart = lineEnd + 1;
    }
    this.#unfinishedLine += text.slice(lineStart);
  }

  end(): void {
    if (isJsonDocument(this.#unfinishedLine)) this.#takeLine(this.#unfinishedLine);
  }

  #takeLine(line: string): void {
    const data = line.trim();
    if (data !== '') this.#onFrame(data, undefined);
  }
}
