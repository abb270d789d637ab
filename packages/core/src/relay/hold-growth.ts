import { StorageUnavailableError } from '../foundation/errors.js';
import type { AnsweredEnding } from './answer.js';
import type { UsageMeter } from './usage-meter.js';

/** No language and no dialect packs a token into fewer bytes of a stream. */
const bytesPerTokenMin = 2;

export interface HoldGrowthParts {
  readonly heldOutputTokens: number;
  /** Where the hold cannot grow, the stream is ended above this. */
  readonly endedAboveTokens: number;
  /** How far the stream may run ahead of its hold while the ledger does not answer, or is away. */
  readonly unheldTokensMax: number;
  /** By how much the hold grows at a time. */
  readonly stepTokens: number;
  /** Holds so many tokens more; false if there is not enough left. */
  extendHold(tokens: number): Promise<boolean>;
}

/** Why a stream that has outgrown its hold is to be ended: there is not enough left, or nobody can tell. */
export type GrowthEnd = Extract<AnsweredEnding, 'quotaEnded' | 'ledgerAway'>;

/**
 * Watches whether a stream outgrows what is held for it. Bytes are compared first, since they cost nothing to count; tokens only when the
 * bytes since the last look could be enough.
 */
export class HoldGrowth {
  #extending = false;
  #nextLookBytes: number;

  readonly #meter: Pick<UsageMeter, 'passedBytes' | 'outputTokens'>;
  readonly #parts: HoldGrowthParts;
  #heldOutputTokens: number;
  #toleratedOutputTokens: number;

  constructor(meter: Pick<UsageMeter, 'passedBytes' | 'outputTokens'>, parts: HoldGrowthParts) {
    this.#meter = meter;
    this.#parts = parts;
    this.#heldOutputTokens = parts.heldOutputTokens;
    this.#toleratedOutputTokens = parts.heldOutputTokens;
    this.#nextLookBytes = parts.heldOutputTokens * bytesPerTokenMin;
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

  /** True while the ledger is asked for more and the stream is as far ahead of its hold as it may be. */
  mustWait(): boolean {
    return this.#extending && this.#meter.outputTokens() >= this.#unheldEndTokens();
  }

  /** Holds one more step. Returns why the stream is to be ended; undefined if it goes on. @throws what is neither want nor absence. */
  async extend(): Promise<GrowthEnd | undefined> {
    const { endedAboveTokens, stepTokens, extendHold } = this.#parts;
    this.#extending = true;
    try {
      if (await extendHold(stepTokens)) {
        this.#heldOutputTokens += stepTokens;
        this.#toleratedOutputTokens = this.#heldOutputTokens;
        return undefined;
      }
      this.#toleratedOutputTokens = endedAboveTokens;
      return this.#meter.outputTokens() < endedAboveTokens ? undefined : 'quotaEnded';
    } catch (error) {
      if (!(error instanceof StorageUnavailableError)) throw error;
      // A database that is away says nothing of the caller's money: so far the stream goes on unheld, and is charged like all the rest.
      this.#toleratedOutputTokens = Math.min(this.#toleratedOutputTokens + stepTokens, this.#unheldEndTokens());
      return this.#meter.outputTokens() < this.#unheldEndTokens() ? undefined : 'ledgerAway';
    } finally {
      this.#extending = false;
    }
  }

  #unheldEndTokens(): number {
    return Math.max(this.#parts.endedAboveTokens, this.#heldOutputTokens + this.#parts.unheldTokensMax);
  }
}
