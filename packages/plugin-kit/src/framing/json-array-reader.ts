import type { FrameReader, OnFrame } from './frame-reader.js';
import { JsonElements } from './json-elements.js';

/** Reads the objects of one JSON array that is streamed piece by piece, each as soon as its last bracket is there. */
export class JsonArrayReader implements FrameReader {
  readonly #onFrame: OnFrame;
  readonly #elements = new JsonElements();
  #unfinished = '';

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  push(text: string): void {
    const rest = this.#elements.scan(text, (start, end) => {
      const data = this.#unfinished + text.slice(start, end);
      this.#unfinished = '';
      this.#onFrame(data, undefined);
    });
    this.#unfinished += text.slice(rest);
  }

  /** An element without its last bracket is no JSON: nothing to hand out. */
  end(): void {
    this.#unfinished = '';
  }
}
