import type { SettingsValues } from '../settings/index.js';
import type { routingSettings } from './routing-settings.js';

type HedgingSettings = Pick<
  SettingsValues<typeof routingSettings>,
  'hedgeAfterMs' | 'hedgeAfterMsOfGroups' | 'hedgeAfterMsOfModels' | 'hedgedPercentMax'
>;

/** When a call is to be hedged: sent to a second channel, too, since the first takes long. */
export interface Hedge {
  readonly afterMs: number;
  /** Which of the settings says so; the calls of each are counted apart. */
  readonly rule: string;
}

/** Undefined where calls are not hedged. */
export function hedgeFor(settings: HedgingSettings, model: string, group: string): Hedge | undefined {
  const { hedgeAfterMs, hedgeAfterMsOfGroups, hedgeAfterMsOfModels } = settings;
  if (Object.hasOwn(hedgeAfterMsOfModels, model)) return hedgeOf(hedgeAfterMsOfModels[model], 'model', model);
  if (Object.hasOwn(hedgeAfterMsOfGroups, group)) return hedgeOf(hedgeAfterMsOfGroups[group], 'group', group);
  return hedgeOf(hedgeAfterMs, 'all', '');
}

function hedgeOf(afterMs: number | undefined, kind: string, name: string): Hedge | undefined {
  return afterMs === undefined || afterMs === 0 ? undefined : { afterMs, rule: `${kind} ${name}` };
}

/** What a hedge costs, in hundredths of a call. */
const hedgeCost = 100;
/** What was not used in quiet times may be used for so many calls; else a bad hour after a good day would send every call twice. */
const callsCounted = 200;

/** Bounds how many of this node's calls are hedged: each that could be earns its hundredths, and a hedge takes a whole one. */
export class HedgeBudget {
  readonly #earned = new Map<string, number>();

  /** A call has come that could be hedged. */
  earn(rule: string, percentMax: number): void {
    const most = Math.max(hedgeCost, percentMax * callsCounted);
    this.#earned.set(rule, Math.min(most, (this.#earned.get(rule) ?? 0) + percentMax));
  }

  /** False if too many were hedged lately. */
  take(rule: string): boolean {
    const earned = this.#earned.get(rule) ?? 0;
    if (earned < hedgeCost) return false;
    this.#earned.set(rule, earned - hedgeCost);
    return true;
  }

  /** What was taken was not used. */
  giveBack(rule: string): void {
    this.#earned.set(rule, (this.#earned.get(rule) ?? 0) + hedgeCost);
  }
}
