import {
  type Balance,
  type BalanceAmount,
  type BalanceQuestion,
  microsIn,
  objectIn,
  objectsIn,
  type WireRequest,
} from '@tollgate/plugin-kit';
import type { Preset, PresetBalance } from './preset.js';
import type { PresetConfig } from './preset-config.js';

type Ask = (config: PresetConfig, path: string) => WireRequest;

/** How a place is asked what is left for a key, as its preset says. */
export function balanceQuestion(preset: Preset, balance: PresetBalance, ask: Ask): BalanceQuestion<PresetConfig> {
  const paths = [balance.path, ...(balance.used?.path === undefined ? [] : [balance.used.path])];
  return {
    requests: (config) => paths.map((path) => ask(config, path)),
    read: (bodies, config) => balanceIn(bodies, balance, regionalCurrency(preset, balance, config)),
  };
}

function regionalCurrency({ regions = {} }: Preset, { currency, currencies = {} }: PresetBalance, config: PresetConfig): unknown {
  const region = Object.keys(regions).find((name) => regions[name] === config['baseUrl']);
  return (region === undefined ? undefined : currencies[region]) ?? currency;
}

/** Of what a place says in several parts, all or none is believed. */
function balanceIn(bodies: readonly unknown[], balance: PresetBalance, currency: unknown): Balance | undefined {
  const [body, other = body] = bodies;
  const accounts = balance.each === undefined ? [body] : objectsIn(valueAt(body, balance.each));
  const stated = accounts.map((account) => microsIn(valueAt(account, balance.amount)));
  const { unlimitedFrom } = balance;
  if (unlimitedFrom !== undefined && stated.some((micros) => micros !== undefined && micros >= unlimitedFrom * 1_000_000))
    return { amounts: [], unlimited: true };
  const used = usedOf(balance, other);
  const amounts = accounts.flatMap((account, index): readonly BalanceAmount[] => {
    const micros = stated[index];
    const name = typeof currency === 'string' ? currency : valueAt(account, (currency as { readonly at: string }).at);
    if (micros === undefined || used === undefined || typeof name !== 'string') return [];
    return [{ micros: micros - used, currency: name }];
  });
  return amounts.length === 0 || amounts.length < accounts.length ? undefined : { amounts };
}

function usedOf({ used }: PresetBalance, body: unknown): number | undefined {
  if (used === undefined) return 0;
  const micros = microsIn(valueAt(body, used.at));
  return micros === undefined || used.inHundredths === undefined ? micros : Math.round(micros / 100);
}

function valueAt(body: unknown, names: string): unknown {
  return names.split('.').reduce((value, name) => objectIn(value)?.[name], body);
}
