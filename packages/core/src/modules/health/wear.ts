/** How much of an average the newest attempt takes up. */
const newestShare = 0.25;
/** Below this nothing is the matter. */
const noticedMin = 0.01;
/** However often it fails, some calls have to find out when it stops. */
const worthMin = 0.05;

/** The share of failures among the last attempts at a place. It is forgotten by attempts that answer, and by time. */
export class Wear {
  #share = 0;
  #at = 0;
  #inARow = 0;

  /** Failures since the last answer. */
  get inARow(): number {
    return this.#inARow;
  }

  failed(now: number, halfLifeMs: number): void {
    this.#inARow += 1;
    const share = this.#shareAt(now, halfLifeMs);
    this.#set(share + (1 - share) * newestShare, now);
  }

  answered(now: number, halfLifeMs: number): void {
    this.#inARow = 0;
    if (this.#share > 0) this.#set(this.#shareAt(now, halfLifeMs) * (1 - newestShare), now);
  }

  /** Exactly 1 where nothing has failed lately. */
  worthAt(now: number, halfLifeMs: number): number {
    const share = this.#shareAt(now, halfLifeMs);
    return share < noticedMin ? 1 : Math.max(worthMin, 1 - share);
  }

  /** The row begins anew. */
  startAgain(): void {
    this.#inARow = 0;
  }

  /** True if forgetting it changes nothing, or nobody has asked for so long. */
  isForgettable(now: number, halfLifeMs: number, keptMs: number): boolean {
    return this.worthAt(now, halfLifeMs) === 1 && (this.#inARow === 0 || now - this.#at >= keptMs);
  }

  #set(share: number, now: number): void {
    this.#share = share < noticedMin ? 0 : share;
    this.#at = now;
  }

  #shareAt(now: number, halfLifeMs: number): number {
    return this.#share === 0 ? 0 : this.#share * 2 ** (-Math.max(0, now - this.#at) / halfLifeMs);
  }
}
