import type { UsageMeter } from './usage-meter.js';

/** No language and no dialect packs a token into fewer bytes of a stream. */
const bytesPerTokenMin = 2;

/**
 * Watches whether a stream outgrows what is held for it. Bytes are compared first, since they cost nothing to count; tokens only when the
 * bytes since the last look could be enough.
 */
export class HoldGrowth {
  #extending = false;
  #nextLookBytes: number;

  readonly #meter: UsageMeter;
  #toleratedOutputTokens: number;
  readonly #stepTokens: number;
  readonly #extendHold: (tokens: number) => Promise<boolean>;

  constructor(meter: UsageMeter, toleratedOutputTokens: number, stepTokens: number, extendHold: (tokens: number) => Promise<boolean>) {
    this.#meter = meter;
    this.#toleratedOutputTokens = toleratedOutputTokens;
    this.#nextLookBytes = toleratedOutputTokens * bytesPerTokenMin;
    this.#stepTokens = stepTokens;
    this.#extendHold = extendHold;
  }

  /** True if it is time to hold more. */
  outgrown(): boolean {
    if (this.#extending) return false;
    const { passedBytes } = this.#meter;
    if (passedBytes > 0 && passedBytes < this.#nextLookBytes) return false;
    const tokensLeft = this.#toleratedOutputTokens - this.#meter.outputTokens();
    this.#nextLookBytes = passedBytes + Math.max(0, tokensLeft) * bytesPerTokenMin;
    return tokensLeft <= 0;
  }

  /** Holds one more step; false if there is not enough left. */
  async extend(): Promise<boolean> {
    this.#extending = true;
    try {
      const enough = await this.#extendHold(this.#stepTokens);
      if (enough) this.#toleratedOutputTokens += this.#stepTokens;
      return enough;
    } finally {
      this.#extending = false;
    }
  }
}
