import type { HealthChange } from '../health/index.js';
import type { Outage } from './outage.js';

/** What a webhook is told: JSON, times in ISO 8601. Names and ids only, never a key. */
export interface HealthNotice {
  /** The same where it is told again, since nobody knows whether it arrived. */
  readonly id: string;
  readonly event: 'channel.down' | 'channel.up';
  readonly at: string;
  readonly channel: { readonly id: string; readonly name: string };
  /** Absent where the whole channel or a key is meant. */
  readonly model?: string;
  /** That of the channel where its one key is in its configuration; absent where the whole channel or a model is meant. */
  readonly keyId?: string;
  /**
   * `down`: nothing of the channel can be used, and that has lasted. `up`: that is over. Of a part: `open`, it is tried again after a while;
   * `disabled`, somebody, a test or the time set has to enable it; `closed`, it can be used again.
   */
  readonly state: HealthChange['to'] | 'down' | 'up';
  /** Since when it was down: with `down` and `up`. */
  readonly since?: string;
  /** With `down`, what of it is out. */
  readonly out?: Outage['out'];
  readonly reason?: string;
  /** Until when, where that is known. */
  readonly until?: string;
  /** Public code of the last failure. */
  readonly code?: string;
  /** The same in words. */
  readonly text: string;
}

type Told = Pick<HealthNotice, 'id' | 'at' | 'channel'>;

export function noticeOfChange(told: Told, change: HealthChange): HealthNotice {
  const { keyId, model, to, reason, until, lastCode } = change;
  const part = { ...(model === undefined ? {} : { model }), ...(keyId === undefined ? {} : { keyId }) };
  const facts = { ...part, state: to, ...whyOf(reason, lastCode, until) };
  const { id, at, channel } = told;
  const event = to === 'closed' ? 'channel.up' : 'channel.down';
  return { id, event, at, channel, ...facts, text: `${nameOf(channel, change)} ${stateWords[to]}${endingOf(facts)}` };
}

export function noticeOfOutage({ id, at, channel }: Told, outage: Outage): HealthNotice {
  const since = textOfTime(outage.since);
  const facts = whyOf(outage.reason, outage.code, outage.until);
  const text = `Channel "${channel.name}" has been down since ${since}: ${outWords[outage.out]}${endingOf(facts)}`;
  return { id, event: 'channel.down', at, channel, state: 'down', since, out: outage.out, ...facts, text };
}

/** @param downSince in milliseconds since 1970 */
export function noticeOfEnd({ id, at, channel }: Told, downSince: number): HealthNotice {
  const since = textOfTime(downSince);
  const text = `Channel "${channel.name}" can be used again; it had been down since ${since}.`;
  return { id, event: 'channel.up', at, channel, state: 'up', since, text };
}

export function textOfTime(at: number): string {
  return new Date(at).toISOString();
}

const stateWords: Readonly<Record<HealthChange['to'], string>> = {
  closed: 'is back',
  open: 'cools down',
  disabled: 'is disabled',
};

const outWords: Readonly<Record<Outage['out'], string>> = {
  channel: 'it cannot be reached, or is disabled',
  keys: 'none of its keys can be used',
  models: 'the models that it is asked for fail',
};

function nameOf({ id, name }: HealthNotice['channel'], { model, keyId }: HealthChange): string {
  const ofModel = model === undefined ? '' : `Model "${model}" of `;
  // The key in the configuration stands in no list, and goes by the channel's id.
  const ofKey = keyId === undefined ? '' : keyId === id ? 'The key of ' : `Key ${keyId} of `;
  return `${ofModel}${ofKey}${ofModel + ofKey === '' ? 'C' : 'c'}hannel "${name}"`;
}

type Why = Pick<HealthNotice, 'reason' | 'code' | 'until'>;

function whyOf(reason: string | undefined, code: string | undefined, until: number | undefined): Why {
  return {
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    ...(until === undefined ? {} : { until: textOfTime(until) }),
  };
}

function endingOf({ reason, code, until }: Why): string {
  const why = [reason, code].filter((word) => word !== undefined).join(', ');
  return `${until === undefined ? '' : ` until ${until}`}${why === '' ? '' : ` (${why})`}.`;
}
