import type { Balance } from '@tollgate/plugin-kit';

/** Why an upstream did not say what is left. */
export interface BalanceFailure {
  readonly code: string;
  readonly message: string;
  /** HTTP status of the upstream. */
  readonly status?: number;
}

/** What an upstream has said is left for a key. Times are milliseconds since 1970. */
export interface KeyBalance {
  readonly keyId: string;
  readonly askedAt: number;
  /** What it said last, and when: it stays known while later questions fail. */
  readonly stated?: { readonly at: number; readonly balance: Balance };
  /** Of the last question; absent where it was answered. */
  readonly failure?: BalanceFailure;
}

/** What is left for the keys of a channel, in one currency. */
export interface BalanceSum {
  readonly currency: string;
  /** Of all its keys: where keys share an account, it counts once for each of them. */
  readonly totalMicros: number;
  /** Of the key that has the least. */
  readonly lowestMicros: number;
}

/** The same of a channel as a whole. */
export interface ChannelBalance {
  /** When one of its keys was asked last. */
  readonly askedAt: number;
  readonly sums: readonly BalanceSum[];
  /** How many of its keys nothing bounds. */
  readonly unlimited: number;
  /** How many of its keys could not be asked the last time. */
  readonly failed: number;
  /** Of one of those. */
  readonly failure?: BalanceFailure;
}

/** Undefined where nothing was asked yet. */
export function channelBalanceOf(balances: readonly KeyBalance[]): ChannelBalance | undefined {
  if (balances.length === 0) return undefined;
  const stated = balances.flatMap((key) => key.stated?.balance ?? []);
  const sums = new Map<string, BalanceSum>();
  for (const { currency, micros } of stated.flatMap(({ amounts }) => amounts)) {
    const { totalMicros = 0, lowestMicros = micros } = sums.get(currency) ?? {};
    sums.set(currency, { currency, totalMicros: bounded(totalMicros + micros), lowestMicros: Math.min(lowestMicros, micros) });
  }
  const failures = balances.flatMap(({ failure }) => failure ?? []);
  const [failure] = failures;
  return {
    askedAt: Math.max(...balances.map(({ askedAt }) => askedAt)),
    sums: [...sums.values()],
    unlimited: stated.filter(({ unlimited }) => unlimited === true).length,
    failed: failures.length,
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What no account holds is told as the most that can be told exactly. */
function bounded(micros: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(micros, Number.MAX_SAFE_INTEGER));
}

/** Decimal text of an amount, at least to the hundredth: `12.50`, `-0.000001`. */
export function amountText(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${fraction}`;
}
