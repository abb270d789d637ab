/** A cap as the hold that is counted on it froze it. */
export interface HoldCap {
  /** `token:<id>:day:2026-11-25`: whose cap it is, and of which period. */
  readonly counterId: string;
  /** Millipoints. */
  readonly limit: bigint;
  /** First moment after the period. */
  readonly endsAt: number;
}

/** What was spent and what is held in one period of one cap. */
export interface CounterState {
  readonly id: string;
  readonly spent: bigint;
  readonly held: bigint;
}

/** A counter and when it may be forgotten; made before it is locked, so that the first calls of a period wait for each other. */
export interface NeededCounter {
  readonly id: string;
  readonly endsAt: number;
}

export const noCaps: readonly HoldCap[] = [];

/** Working copies of the counters that a batch touches. */
export class SpendCounters {
  readonly #before: readonly CounterState[];
  readonly #counters: ReadonlyMap<string, { spent: bigint; held: bigint }>;

  constructor(before: readonly CounterState[]) {
    this.#before = before;
    this.#counters = new Map(before.map(({ id, spent, held }) => [id, { spent, held }]));
  }

  /** The cap that leaves the least, and what it leaves; undefined without caps. */
  tightest(caps: readonly HoldCap[]): { readonly cap: HoldCap; readonly free: bigint } | undefined {
    let tightest: { readonly cap: HoldCap; readonly free: bigint } | undefined;
    for (const cap of caps) {
      const { spent, held } = this.#of(cap);
      const rest = cap.limit - spent - held;
      const free = rest > 0n ? rest : 0n;
      if (tightest === undefined || free < tightest.free) tightest = { cap, free };
    }
    return tightest;
  }

  add(caps: readonly HoldCap[], spent: bigint, held: bigint): void {
    for (const cap of caps) {
      const counter = this.#of(cap);
      counter.spent += spent;
      counter.held += held;
    }
  }

  changes(): readonly CounterState[] {
    return this.#before.flatMap(({ id, spent, held }) => {
      const after = this.#counters.get(id) ?? { spent, held };
      const change = { id, spent: after.spent - spent, held: after.held - held };
      return change.spent === 0n && change.held === 0n ? [] : [change];
    });
  }

  #of({ counterId }: HoldCap): { spent: bigint; held: bigint } {
    const counter = this.#counters.get(counterId);
    if (counter === undefined) throw new Error(`The counter ${counterId} was not loaded.`);
    return counter;
  }
}

/** Counters of the caps, each once, in the order in which they are locked. */
export function countersNeeded(caps: Iterable<HoldCap>): readonly NeededCounter[] {
  const needed = new Map<string, NeededCounter>();
  for (const { counterId, endsAt } of caps) needed.set(counterId, { id: counterId, endsAt });
  return [...needed.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** As a hold's row keeps its caps; null for none. */
export function capsText(caps: readonly HoldCap[]): string | null {
  if (caps.length === 0) return null;
  return JSON.stringify(caps.map(({ counterId, limit, endsAt }) => [counterId, String(limit), endsAt]));
}

export function capsOf(text: string | null): readonly HoldCap[] {
  if (text === null) return noCaps;
  return (JSON.parse(text) as [string, string, number][]).map(([counterId, limit, endsAt]) => ({
    counterId,
    limit: BigInt(limit),
    endsAt,
  }));
}

/** As a receipt names the periods that it was counted in; null for none. */
export function spendWindowsText(caps: readonly HoldCap[]): string | null {
  return caps.length === 0 ? null : JSON.stringify(caps.map(({ counterId }) => counterId));
}

export function spendWindowsOf(text: string | null): readonly string[] {
  return text === null ? [] : (JSON.parse(text) as readonly string[]);
}
