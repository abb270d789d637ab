import {
  grantOf,
  type PermitAsk,
  type PermitGrant,
  type SharedPermits,
  type SharedWindows,
  type WindowAsk,
  type WindowGrant,
  type WindowReturn,
} from './shared-counters.js';

/** Time that passes only when it is told to. */
export class VirtualClock {
  #now: number;

  constructor(startAt = 0) {
    this.#now = startAt;
  }

  readonly now = (): number => this.#now;

  pass(timeMs: number): void {
    this.#now += timeMs;
  }
}

interface Window {
  startedAt: number;
  taken: number;
}

/** Windows that virtual nodes share, on a clock of their own. Answers come when the microtasks of the caller have run. */
export class VirtualWindows implements SharedWindows {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;
  /** Answers nothing but errors. */
  isAway = false;
  asked = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  async take(asks: readonly WindowAsk[]): Promise<readonly WindowGrant[]> {
    this.#checkPresence();
    this.asked += 1;
    return asks.map((ask) => this.#grant(ask));
  }

  async giveBack(returns: readonly WindowReturn[]): Promise<void> {
    this.#checkPresence();
    for (const { key, startedAt, units } of returns) {
      const window = this.#windows.get(key);
      if (window?.startedAt === startedAt) window.taken = Math.max(0, window.taken - units);
    }
  }

  /** Forgets everything. */
  flush(): void {
    this.#windows.clear();
  }

  #checkPresence(): void {
    if (this.isAway) throw new Error('The counters are away.');
  }

  #grant(ask: WindowAsk): WindowGrant {
    const now = this.#now();
    const startedAt = now - (now % ask.windowMs);
    const known = this.#windows.get(ask.key);
    const window = known?.startedAt === startedAt ? known : { startedAt, taken: 0 };
    this.#windows.set(ask.key, window);
    const granted = grantOf(ask.limit, window.taken, ask);
    window.taken += granted;
    return { granted, left: Math.max(0, ask.limit - window.taken), startedAt, endsInMs: startedAt + ask.windowMs - now };
  }
}

/** Permits that virtual nodes share: `of` is how one node sees them, `die` takes its permits away. */
export class VirtualPermits {
  readonly #held = new Map<string, Map<string, number>>();
  isAway = false;

  of(node: string): SharedPermits {
    return { hold: async (asks) => asks.map((ask) => this.#hold(node, ask)) };
  }

  die(node: string): void {
    for (const nodes of this.#held.values()) nodes.delete(node);
  }

  #hold(node: string, { key, limit, used, wanted }: PermitAsk): PermitGrant {
    if (this.isAway) throw new Error('The permits are away.');
    const nodes = this.#held.get(key) ?? new Map<string, number>();
    this.#held.set(key, nodes);
    nodes.delete(node);
    const others = [...nodes.values()].reduce((sum, units) => sum + units, 0);
    const held = Math.max(used, Math.min(wanted, limit - others));
    nodes.set(node, held);
    return { held, left: Math.max(0, limit - others - held) };
  }
}
