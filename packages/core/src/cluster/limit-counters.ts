import type { LimitLevel } from '@tollgate/plugin-kit';
import { AskLine, answerInTime, CountersAwayError } from './ask-line.js';
import { PermitCounter } from './permit-counter.js';
import type { PermitAsk, SharedPermits, SharedWindows, WindowAsk, WindowGrant, WindowReturn } from './shared-counters.js';
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

const tickMs = 1_000;

/**
 * Counts what limits count. Alone, a node counts in memory. Together, nodes lease slices of each window from counters they share, larger ones
 * while there is much left and much to do, single units near the limit: so they never hand out more than the limit together, and calls wait
 * for nobody as long as their node's slice lasts.
 */
export class LimitCounters {
  readonly #options: LimitCountersOptions;
  readonly #windows = new Map<string, WindowCounter>();
  readonly #permits = new Map<string, PermitCounter>();
  /** Apart, because they may be kept in different places: where only one of them is away, the other goes on. */
  readonly #windowLine: AskLine<WindowCounter>;
  readonly #permitLine: AskLine<PermitCounter>;
  #tickedAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LimitCountersOptions) {
    this.#options = options;
    const { now, onProblem } = options;
    this.#windowLine = new AskLine({ exchange: (wanted) => this.#askWindows(wanted), now, onProblem });
    this.#permitLine = new AskLine({ exchange: (wanted) => this.#askPermits(wanted), now, onProblem });
    this.#tickedAt = now();
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

  /** The window of a key at a time. */
  window(key: string, windowMs: number, limit: number, now: number): WindowCounter {
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

  /** True if this node may hand out so much of the window. */
  has(counter: WindowCounter, units: number, now: number): boolean {
    return !counter.isOver(now) && counter.has(units);
  }

  /** True if asking would be of no use now. */
  isFull(counter: WindowCounter | PermitCounter, now: number): boolean {
    if (!this.areShared) return true;
    if (counter instanceof PermitCounter) return counter.isFull(now);
    return !counter.isOver(now) && counter.isFull(now);
  }

  take(counter: WindowCounter, units: number, now: number): void {
    counter.take(units, now);
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

  /**
   * How much there is of each for this node. Takes nothing, and asks for no stock.
   * @throws CountersAwayError
   */
  async look(counters: ReadonlySet<WindowCounter | PermitCounter>): Promise<ReadonlyMap<WindowCounter | PermitCounter, LimitLevel>> {
    const now = this.#options.now();
    const all = [...counters];
    const windows = all.filter((counter) => counter instanceof WindowCounter);
    const permits = all.filter((counter) => counter instanceof PermitCounter);
    const { shared } = this.#options;
    const grants = shared === undefined ? [] : await this.#lookAtWindows(shared.windows, windows);
    // What permits this node does not use is let go on the way, as it is every second.
    if (shared !== undefined) await Promise.all(permits.map((counter) => this.#ask(counter, 0)));
    return new Map<WindowCounter | PermitCounter, LimitLevel>([
      ...permits.map((counter) => [counter, counter.level()] as const),
      ...windows.map((counter, index) => {
        const grant = grants[index];
        return [counter, grant === undefined ? counter.level(now) : counter.levelBeside(grant)] as const;
      }),
    ]);
  }

  /** Counts on without the others. */
  goOnAlone(counter: WindowCounter | PermitCounter): void {
    if (counter instanceof PermitCounter) counter.goOnAlone();
    else {
      const wall = this.#options.wallNow();
      counter.goOnAlone(this.#options.now(), this.#options.now() + counter.windowMs - (wall % counter.windowMs));
    }
  }

  /** Gives back what this node has not used for a while, forgets windows that are over, and tries to meet the others again where it is alone. */
  async tick(): Promise<void> {
    const now = this.#options.now();
    const returns = this.#forgetAndReturn(this.#tickedAt, now);
    this.#tickedAt = now;
    await this.#return(returns).catch((error: unknown) => this.#options.onProblem(error));
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#windowLine.idle();
    await this.#permitLine.idle();
    await this.#return(this.#forgetAndReturn(Number.POSITIVE_INFINITY, this.#options.now())).catch(() => undefined);
    await this.#permitLine.idle();
  }

  #ask(counter: WindowCounter | PermitCounter, units: number): Promise<void> {
    return counter instanceof PermitCounter ? this.#permitLine.ask(counter, units) : this.#windowLine.ask(counter, units);
  }

  async #askWindows(wanted: ReadonlyMap<WindowCounter, number>): Promise<void> {
    const { shared, now } = this.#options;
    if (shared === undefined || wanted.size === 0) return;
    const askedAt = now();
    const counters = [...wanted.keys()];
    const asks: readonly WindowAsk[] = counters.map((counter) => counter.ask(wanted.get(counter) ?? 0, askedAt));
    const grants = await answerInTime(shared.windows.take(asks), this.#options.answerTimeMaxMs);
    for (const [index, counter] of counters.entries()) {
      const grant = grants[index];
      if (grant !== undefined) counter.receive(grant, askedAt);
    }
  }

  /** Beside the line: what is asked for there becomes stock. */
  async #lookAtWindows(shared: SharedWindows, windows: readonly WindowCounter[]): Promise<readonly WindowGrant[]> {
    if (windows.length === 0) return [];
    if (this.#windowLine.isResting) throw new CountersAwayError();
    const asks = windows.map((counter) => counter.lookAsk());
    return answerInTime(shared.take(asks), this.#options.answerTimeMaxMs).catch((error: unknown) => {
      throw new CountersAwayError('The counters of limits do not answer.', { cause: error });
    });
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
    const grants = await answerInTime(shared.permits.hold(asks), this.#options.answerTimeMaxMs);
    for (const [index, counter] of counters.entries()) {
      const [grant, ask] = [grants[index], asks[index]];
      if (grant !== undefined && ask !== undefined) counter.receive(grant, ask.wanted, askedAt);
    }
  }

  #forgetAndReturn(usedBefore: number, now: number): readonly WindowReturn[] {
    const returns: WindowReturn[] = [];
    for (const [key, counter] of this.#windows) {
      const idle = this.areShared ? counter.takeIdle(usedBefore, now) : undefined;
      if (idle !== undefined) returns.push(idle);
      if (this.areShared && counter.isAlone(now)) this.#ask(counter, 0).catch(() => undefined);
      if (counter.isOver(now) && counter.asking === 0 && !counter.owes(now)) this.#windows.delete(key);
    }
    for (const [key, counter] of this.#permits) {
      if (this.areShared && counter.hoards(usedBefore)) this.#ask(counter, 0).catch(() => undefined);
      else if (counter.isIdle(this.areShared)) this.#permits.delete(key);
    }
    return returns;
  }

  async #return(returns: readonly WindowReturn[]): Promise<void> {
    await this.#windowLine.idle();
    if (returns.length > 0 && !this.#windowLine.isResting) await this.#options.shared?.windows.giveBack(returns);
  }
}
