import type { FrameSink, Framing } from '../dialect.js';

const lineBreak = /\r\n|\r|\n/;

/** Lays frames out in the text of a framing. For the JSON framings, each frame's data is one JSON text on one line. */
export class FrameWriter implements FrameSink {
  readonly #framing: Framing;
  readonly #write: (text: string) => void;
  #hasFrames: boolean;

  /** `hasFrames` says that frames of the same response have been written by other means: the writer goes on where they ended. */
  constructor(framing: Framing, write: (text: string) => void, hasFrames = false) {
    this.#framing = framing;
    this.#write = write;
    this.#hasFrames = hasFrames;
  }

  frame(data: string, event?: string): void {
    if (this.#framing === 'sse') this.#write(sseFrame(data, event));
    else if (this.#framing === 'json-lines') this.#write(`${data}\n`);
    else this.#write(`${this.#hasFrames ? ',\r\n' : '['}${data}`);
    this.#hasFrames = true;
  }

  /** Writes what closes the response. */
  end(): void {
    if (this.#framing === 'json-array') this.#write(this.#hasFrames ? ']' : '[]');
  }
}

function sseFrame(data: string, event: string | undefined): string {
  const isOneLine = !data.includes('\n') && !data.includes('\r');
  const lines = isOneLine ? `data: ${data}\n\n` : `data: ${data.split(lineBreak).join('\ndata: ')}\n\n`;
  return event === undefined ? lines : `event: ${event}\n${lines}`;
}
