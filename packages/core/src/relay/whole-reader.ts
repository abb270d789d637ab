import { type Verdict, verdictForKind } from '@tollgate/plugin-kit';
import type { AnswerReceiver } from './answer.js';

/** Collects an unstreamed answer, up to a size. */
export class WholeReader implements AnswerReceiver {
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  readonly #bytesMax: number;
  readonly #whole: (body: Buffer) => void;
  readonly #failed: (verdict: Verdict) => void;

  constructor(bytesMax: number, whole: (body: Buffer) => void, failed: (verdict: Verdict) => void) {
    this.#bytesMax = bytesMax;
    this.#whole = whole;
    this.#failed = failed;
  }

  data(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#bytesMax) this.#chunks.push(chunk);
  }

  end(): void {
    if (this.#bytes > this.#bytesMax)
      this.#failed(verdictForKind('server', 502, 'The upstream answer is too large.', 'upstream_answer_too_large'));
    else this.#whole(this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks));
  }

  broken(verdict: Verdict): void {
    this.#failed(verdict);
  }
}
