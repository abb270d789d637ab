/** Longer answers are not kept to be counted: their estimate stands. */
const keptUnitsMax = 1_048_576;
const keptBytesMax = 262_144;

/** What an answer said, as far as it is needed to count its tokens. */
export interface DeliveredText {
  readonly texts: readonly string[];
  readonly toolCalls: number;
}

/**
 * Keeps what reached the client until the upstream has stated its usage, which most do at the end: where it does not, the tokens are counted.
 * Texts as lanes see them, or the bytes that passed.
 */
export class DeliveredTexts {
  #pieces: string[][] | undefined = [[]];
  #passed: Buffer[] | undefined = [];
  #units = 0;
  #bytes = 0;
  #toolCalls = 0;

  text(text: string): void {
    this.#units += text.length;
    if (this.#units > keptUnitsMax) this.forget();
    this.#pieces?.at(-1)?.push(text);
  }

  toolCall(name: string): void {
    this.#toolCalls += 1;
    this.#pieces?.push([name], []);
  }

  passed(bytes: Buffer): void {
    this.#bytes += bytes.length;
    if (this.#bytes > keptBytesMax) this.forget();
    this.#passed?.push(bytes);
  }

  /** Nothing is kept from now on. */
  forget(): void {
    this.#pieces = undefined;
    this.#passed = undefined;
  }

  /** Everything that was said; undefined where not all of it was kept. @param read tells the text in bytes that passed, or throws. */
  all(read: (bytes: Buffer, into: DeliveredTexts) => void): DeliveredText | undefined {
    if (this.#pieces === undefined || this.#passed === undefined) return undefined;
    if (this.#passed.length > 0) {
      const bytes = Buffer.concat(this.#passed);
      this.#passed = [];
      read(bytes, this);
    }
    return { texts: this.#pieces.map((piece) => piece.join('')).filter((text) => text !== ''), toolCalls: this.#toolCalls };
  }
}
