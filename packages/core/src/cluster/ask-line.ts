/** The shared counters do not answer. */
export class CountersAwayError extends Error {
  override readonly name = 'CountersAwayError';
}

/** For so long counters that did not answer are not asked again. */
const restMs = 1_000;
const answerTimeMaxMs = 2_000;

export interface AskLineOptions<Counter> {
  /** Asks for so much for each of the counters and hands out what is answered. What it throws is taken for an outage. */
  readonly exchange: (wanted: ReadonlyMap<Counter, number>) => Promise<void>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Called once for each outage. */
  readonly onProblem: (problem: unknown) => void;
}

/** What is gathered while the counters are being asked, for the next time. */
interface Batch<Counter> {
  readonly wanted: Map<Counter, number>;
  readonly done: Promise<void>;
}

/** The way to one kind of shared counters: one exchange at a time, and what comes up meanwhile goes together in the next one. */
export class AskLine<Counter extends { asking: number }> {
  readonly #options: AskLineOptions<Counter>;
  #next: Batch<Counter> | undefined;
  #last: Promise<void> = Promise.resolve();
  #restsUntil = Number.NEGATIVE_INFINITY;
  #isAway = false;

  constructor(options: AskLineOptions<Counter>) {
    this.#options = options;
  }

  /**
   * Resolves when the counters have answered, whatever they said.
   * @throws CountersAwayError
   */
  ask(counter: Counter, units: number): Promise<void> {
    if (this.isResting) return Promise.reject(new CountersAwayError());
    this.#next ??= this.#newBatch();
    const { wanted, done } = this.#next;
    wanted.set(counter, (wanted.get(counter) ?? 0) + units);
    counter.asking += 1;
    const answered = (): void => void (counter.asking -= 1);
    done.then(answered, answered);
    return done;
  }

  /** True for a moment after an outage was noticed. */
  get isResting(): boolean {
    return this.#options.now() < this.#restsUntil;
  }

  /** Resolves when nothing is being asked. */
  idle(): Promise<void> {
    return this.#last;
  }

  #newBatch(): Batch<Counter> {
    const done = this.#last.then(() => this.#send());
    this.#last = done.catch(() => undefined);
    return { wanted: new Map(), done };
  }

  async #send(): Promise<void> {
    const batch = this.#next;
    this.#next = undefined;
    if (batch === undefined) return;
    try {
      await this.#options.exchange(batch.wanted);
      this.#isAway = false;
    } catch (error) {
      this.#restsUntil = this.#options.now() + restMs;
      if (!this.#isAway) this.#options.onProblem(error);
      this.#isAway = true;
      throw new CountersAwayError('The counters of limits do not answer.', { cause: error });
    }
  }
}

/** Counters that stall must not stall the calls that wait for a slice. What they grant after all is lost to this window. */
export function answerInTime<Answer>(answer: Promise<Answer>, timeMaxMs = answerTimeMaxMs): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The counters of limits have not answered for ${timeMaxMs} ms.`)), timeMaxMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
