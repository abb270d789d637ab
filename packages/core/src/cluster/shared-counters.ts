/** What a node asks of the counters that all nodes share, for the present window of one key. */
export interface WindowAsk {
  readonly key: string;
  readonly windowMs: number;
  /** Units that all nodes together may hand out in one window. */
  readonly limit: number;
  /** Units that calls are waiting for. */
  readonly wanted: number;
  /** Units to have ready beyond those; given as long as they are a small part of what is left. */
  readonly stock: number;
}

/** What a node may hand out, in the window that is present by the clock of the counters. */
export interface WindowGrant {
  readonly granted: number;
  /** What is left of the window for all nodes. */
  readonly left: number;
  /** Names the window; by the clock of the counters. */
  readonly startedAt: number;
  readonly endsInMs: number;
}

/** Units of a window that a node does not need after all. */
export interface WindowReturn {
  readonly key: string;
  readonly startedAt: number;
  readonly units: number;
}

/**
 * The counters of windows that all nodes share. Windows are aligned to their own clock, so that the clocks of the nodes do not matter. What
 * they throw is taken for an outage.
 */
export interface SharedWindows {
  /** One grant for each ask, in their order. */
  take(asks: readonly WindowAsk[]): Promise<readonly WindowGrant[]>;
  giveBack(returns: readonly WindowReturn[]): Promise<void>;
}

/** What a node wants to hold of the permits of one key. Total numbers: a reply that is lost is put right by the next one. */
export interface PermitAsk {
  readonly key: string;
  readonly limit: number;
  /** Permits of calls that run: they cannot be refused any more. */
  readonly used: number;
  readonly wanted: number;
}

export interface PermitGrant {
  readonly held: number;
  /** What no node holds. */
  readonly left: number;
}

/** Permits for calls at the same time, which all nodes share. Those of a node that died are free as soon as it is removed. */
export interface SharedPermits {
  hold(asks: readonly PermitAsk[]): Promise<readonly PermitGrant[]>;
}

/** The part of what is left that one node may have in stock: small near the limit, so that the others find something. */
export const stockDivisor = 8;

/** How much of a window a node gets: what its calls wait for, and a stock of a small part of the rest. */
export function grantOf(limit: number, taken: number, { wanted, stock }: Pick<WindowAsk, 'wanted' | 'stock'>): number {
  const left = Math.max(0, limit - taken);
  const rest = Math.max(0, left - wanted);
  return Math.min(left, wanted + Math.min(stock, Math.floor(rest / stockDivisor)));
}
