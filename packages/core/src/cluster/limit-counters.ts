import { PermitCounter } from './permit-counter.js';
import type { PermitAsk, SharedPermits, SharedWindows, WindowAsk, WindowReturn } from './shared-counters.js';
import { WindowCounter } from './window-counter.js';

/** The counters that all nodes share. */
export interface SharedCounters {
  readonly windows: SharedWindows;
  readonly permits: SharedPermits;
}

export interface LimitCountersOptions {
  /** Undefined on a node that is alone: it counts for itself, and waits for nobody. */
  readonly shared?: SharedCounters | undefined;
  /** Milliseconds. A node that is alone aligns its windows to it: since 1970, then. Nodes that share only measure with it. */
  readonly now: () => number;
  /** Milliseconds since 1970, for windows that a node counts alone while the others cannot be asked. */
  readonly wallNow: () => number;
  readonly onProblem: (problem: unknown) => void;
  readonly answerTimeMaxMs?: number;
}

/** The shared counters do not answer. */
export class CountersAwayError extends Error {
  override readonly name = 'CountersAwayError';
}

const tickMs = 1_000;
/** For so long counters that did not answer are not asked again. */
const restMs = 1_000;
const answerTimeMaxMs = 2_000;

/** What is gathered while the counters are being asked, for the next time. */
interface Batch {
  readonly windows: Map<WindowCounter, number>;
  readonly permits: Map<PermitCounter, number>;
  readonly done: Promise<void>;
}

/**
 * Counts what limits count. Alone, a node counts in memory. Together, nodes lease slices of each window from counters they share, larger ones
 * while there is much left and much to do, single units near the limit: so they never hand out more than the limit together, and calls wait
 * for nobody as long as their node's slice lasts.
 */
export class LimitCounters {
  readonly #options: LimitCountersOptions;
  readonly #windows = new Map<string, WindowCounter>();
  readonly #permits = new Map<string, PermitCounter>();
  #next: Batch | undefined;
  #last: Promise<void> = Promise.resolve();
  #restsUntil = Number.NEGATIVE_INFINITY;
  #tickedAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LimitCountersOptions) {
    this.#options = options;
    this.#tickedAt = options.now();
  }

  /** Begins to give back what is not used. */
  start(): void {
    this.#timer = setInterval(() => void this.tick(), tickMs).unref();
  }

  get areShared(): boolean {
    return this.#options.shared !== undefined;
  }

  now(): number {
    return this.#options.now();
  }

  /** The present window of a key. */
  window(key: string, windowMs: number, limit: number): WindowCounter {
    const now = this.#options.now();
    let counter = this.#windows.get(key);
    if (counter === undefined) {
      counter = new WindowCounter(key, windowMs, limit);
      this.#windows.set(key, counter);
    } else counter.setLimit(limit, this.areShared);
    if (!this.areShared && counter.isOver(now)) counter.openAlone(now - (now % windowMs), now - (now % windowMs) + windowMs);
    return counter;
  }

  permits(key: string, limit: number): PermitCounter {
    let counter = this.#permits.get(key);
    if (counter === undefined) {
      counter = new PermitCounter(key, limit);
      this.#permits.set(key, counter);
    }
    counter.setLimit(limit, this.areShared);
    return counter;
  }

  /** True if this node may hand out so much of the present window. */
  has(counter: WindowCounter, units: number): boolean {
    return !counter.isOver(this.#options.now()) && counter.has(units);
  }

  /** True if asking would be of no use now. */
  isFull(counter: WindowCounter | PermitCounter): boolean {
    if (!this.areShared) return true;
    const now = this.#options.now();
    if (counter instanceof PermitCounter) return counter.isFull(now);
    return !counter.isOver(now) && counter.isFull(now);
  }

  take(counter: WindowCounter, units: number): void {
    counter.take(units, this.#options.now());
    if (!this.areShared || !counter.runsLow) return;
    counter.stocking = true;
    this.#ask(counter, 0).then(
      () => void (counter.stocking = false),
      () => void (counter.stocking = false),
    );
  }

  /** Corrects what was taken; see {@link WindowCounter.correct}. */
  correct(counter: WindowCounter, units: number, takenIn: number): void {
    counter.correct(units, takenIn, this.#options.now());
  }

  /**
   * Asks for more. Resolves when the counters have answered, whatever they said; then look again.
   * @throws CountersAwayError
   */
  ask(counter: WindowCounter | PermitCounter, units: number): Promise<void> {
    return this.#ask(counter, units);
  }

  /** Counts on without the others. */
  goOnAlone(counter: WindowCounter | PermitCounter): void {
    if (counter instanceof PermitCounter) counter.goOnAlone();
    else {
      const wall = this.#options.wallNow();
      counter.goOnAlone(this.#options.now(), this.#options.now() + counter.windowMs - (wall % counter.windowMs));
    }
  }

  /** Gives back what this node has not used for a while, and forgets windows that are over. */
  async tick(): Promise<void> {
    const now = this.#options.now();
    const returns = this.#forgetAndReturn(this.#tickedAt, now);
    this.#tickedAt = now;
    await this.#return(returns).catch((error: unknown) => this.#options.onProblem(error));
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
    await this.#return(this.#forgetAndReturn(Number.POSITIVE_INFINITY, this.#options.now())).catch(() => undefined);
  }

  #ask(counter: WindowCounter | PermitCounter, units: number): Promise<void> {
    if (this.#options.now() < this.#restsUntil) return Promise.reject(new CountersAwayError());
    this.#next ??= this.#newBatch();
    if (counter instanceof PermitCounter) this.#next.permits.set(counter, (this.#next.permits.get(counter) ?? 0) + units);
    else this.#next.windows.set(counter, (this.#next.windows.get(counter) ?? 0) + units);
    const { done } = this.#next;
    counter.asking += 1;
    const answered = (): void => void (counter.asking -= 1);
    done.then(answered, answered);
    return done;
  }

  /** One exchange at a time: what comes up meanwhile goes together in the next one. */
  #newBatch(): Batch {
    const done = this.#last.then(() => this.#send());
    this.#last = done.catch(() => undefined);
    return { windows: new Map(), permits: new Map(), done };
  }

  async #send(): Promise<void> {
    const batch = this.#next;
    this.#next = undefined;
    if (batch === undefined) return;
    try {
      await Promise.all([this.#askWindows(batch.windows), this.#askPermits(batch.permits)]);
    } catch (error) {
      this.#restsUntil = this.#options.now() + restMs;
      this.#options.onProblem(error);
      throw new CountersAwayError('The counters of limits do not answer.', { cause: error });
    }
  }

  async #askWindows(wanted: ReadonlyMap<WindowCounter, number>): Promise<void> {
    const { shared, now } = this.#options;
    if (shared === undefined || wanted.size === 0) return;
    const askedAt = now();
    const counters = [...wanted.keys()];
    const asks: readonly WindowAsk[] = counters.map((counter) => counter.ask(wanted.get(counter) ?? 0, askedAt));
    const grants = await this.#inTime(shared.windows.take(asks));
    for (const [index, counter] of counters.entries()) {
      const grant = grants[index];
      if (grant !== undefined) counter.receive(grant, askedAt);
    }
  }

  async #askPermits(wanted: ReadonlyMap<PermitCounter, number>): Promise<void> {
    const { shared, now } = this.#options;
    if (shared === undefined || wanted.size === 0) return;
    const askedAt = now();
    const counters = [...wanted.keys()];
    const asks: readonly PermitAsk[] = counters.map((counter) => {
      const more = wanted.get(counter) ?? 0;
      return more > 0 ? counter.ask(more) : counter.askForLess();
    });
    const grants = await this.#inTime(shared.permits.hold(asks));
    for (const [index, counter] of counters.entries()) {
      const [grant, ask] = [grants[index], asks[index]];
      if (grant !== undefined && ask !== undefined) counter.receive(grant, ask.wanted, askedAt);
    }
  }

  /** A database that stalls must not stall the calls that wait for a slice. What it grants after all is lost to this window. */
  #inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timeMaxMs = this.#options.answerTimeMaxMs ?? answerTimeMaxMs;
      const timer = setTimeout(() => reject(new Error(`The counters of limits have not answered for ${timeMaxMs} ms.`)), timeMaxMs);
      answer.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  }

  #forgetAndReturn(usedBefore: number, now: number): readonly WindowReturn[] {
    const returns: WindowReturn[] = [];
    for (const [key, counter] of this.#windows) {
      const idle = this.areShared ? counter.takeIdle(usedBefore, now) : undefined;
      if (idle !== undefined) returns.push(idle);
      if (counter.isOver(now) && counter.asking === 0) this.#windows.delete(key);
    }
    for (const [key, counter] of this.#permits) {
      if (this.areShared && counter.hoards(usedBefore)) this.#ask(counter, 0).catch(() => undefined);
      else if (counter.isIdle(this.areShared)) this.#permits.delete(key);
    }
    return returns;
  }

  async #return(returns: readonly WindowReturn[]): Promise<void> {
    await this.#last;
    if (returns.length > 0 && this.#options.now() >= this.#restsUntil) await this.#options.shared?.windows.giveBack(returns);
  }
}
