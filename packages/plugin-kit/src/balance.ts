import type { WireRequest } from './provider.js';

/** Money at an upstream, in millionths of a unit of its currency: `{ micros: 1_500_000, currency: 'USD' }` is 1.50 US dollars. */
export interface BalanceAmount {
  /** Below zero where the account owes. */
  readonly micros: number;
  /** By ISO 4217, in capitals. */
  readonly currency: string;
}

/** What is left of an account at an upstream. */
export interface Balance {
  /** One for each currency that the account holds; none where nothing bounds it. */
  readonly amounts: readonly BalanceAmount[];
  /** The place says that nothing bounds what the key may spend. */
  readonly unlimited?: true;
}

/** How to ask a place what is left for one key. */
export interface BalanceQuestion<Config> {
  /** All of them are sent, and have to be answered with 200. */
  requests(config: Config): readonly WireRequest[];
  /**
   * What the answers say.
   * @param bodies in the order of the requests
   * @param config as it was asked with: some places of a provider count in another currency than others
   * @returns undefined if they say nothing of a balance
   */
  read(bodies: readonly unknown[], config: Config): Balance | undefined;
}

/**
 * An amount as vendors write it, a number or decimal text, in millionths; undefined if it is none, or more than an integer holds exactly.
 * What is finer is rounded half away from zero.
 */
export function microsIn(value: unknown): number | undefined {
  const text = typeof value === 'number' ? value.toFixed(digits) : typeof value === 'string' ? value.trim() : '';
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === '') return undefined;
  const micros = Number(whole + fraction.padEnd(digits, '0').slice(0, digits)) + (Number(fraction[digits] ?? 0) >= 5 ? 1 : 0);
  if (!Number.isSafeInteger(micros)) return undefined;
  return sign === '-' && micros !== 0 ? -micros : micros;
}

const digits = 6;
