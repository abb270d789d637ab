import { type CapturedAnswer, keptAnswerBytesMax } from '../modules/idempotency/index.js';

/** Keeps a copy of an answer as it leaves for its client, who may be gone meanwhile; of one that is too large it keeps nothing. */
export class AnswerCapture {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #head: Pick<CapturedAnswer, 'status' | 'contentType'> | undefined;

  /** Only the first head counts: there is no other once one is out. */
  begin(status: number, contentType: string): void {
    this.#head ??= { status, contentType };
  }

  add(bytes: Buffer | string): void {
    if (this.#bytes > keptAnswerBytesMax) return;
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    this.#bytes += chunk.length;
    if (this.#bytes > keptAnswerBytesMax) this.#chunks.length = 0;
    else this.#chunks.push(chunk);
  }

  /** What has left so far; undefined if nothing has, or too much. */
  get answer(): CapturedAnswer | undefined {
    if (this.#head === undefined || this.#bytes > keptAnswerBytesMax) return undefined;
    return { ...this.#head, bytes: Buffer.concat(this.#chunks) };
  }
}
