import type { Channel } from '../channels/index.js';
import type { CircuitRecord, ShutReason } from '../health/index.js';

/** Nothing of a channel can be used. */
export interface Outage {
  /** What is out: the channel itself, all of its keys, or the models that it is asked for. */
  readonly out: 'channel' | 'keys' | 'models';
  readonly since: number;
  /** For how long it is known to have been so: what has cooled down may be well, and nobody has asked. */
  readonly lastedMs: number;
  /** When something of it is tried again; absent where it is disabled, or waits for its try. */
  readonly until?: number;
  readonly reason: ShutReason;
  /** Public code of the last failure. */
  readonly code?: string;
}

/** What a channel has answered, as far as anybody knows. */
export interface Answered {
  /** When the newest call began that it has answered; absent where there is none. */
  readonly lastAt?: number | undefined;
  /** Model → calls answered lately. */
  readonly lately: ReadonlyMap<string, number>;
}

/**
 * Undefined while something of it can be used. A channel is out when its own circuit is not closed, when those of all its keys are not, or when
 * those of models are not that answered most of its calls lately, and nothing has been answered since. One broken model of many is none.
 */
export function outageOf(
  { keys }: Pick<Channel, 'keys'>,
  circuits: readonly CircuitRecord[],
  { lastAt = 0, lately }: Answered,
  now: number,
): Outage | undefined {
  const found: Outage[] = [];
  const whole = circuits.filter(({ kind }) => kind === 'channel');
  if (whole.length > 0) found.push(described('channel', whole, 0, now));
  const ofKeys = circuits.filter(({ kind, subject }) => kind === 'key' && keys.some(({ id }) => id === subject));
  if (ofKeys.length > 0 && ofKeys.length === keys.length) found.push(described('keys', ofKeys, startOf(ofKeys), now));
  const ofModels = circuits.filter(({ kind }) => kind === 'model');
  const mostSince = sinceMostAreOut(ofModels, lately);
  // Who has answered since the last of them went out serves.
  if (mostSince !== undefined && lastAt < startOf(ofModels)) found.push(described('models', ofModels, Math.max(mostSince, lastAt), now));
  return found.toSorted((one, other) => other.lastedMs - one.lastedMs)[0];
}

/** The last of them to go out. */
function startOf(circuits: readonly CircuitRecord[]): number {
  return Math.max(...circuits.map(({ since }) => since));
}

/** Since when the models that are out are those that answered more than half of the calls; undefined if they are not. */
function sinceMostAreOut(ofModels: readonly CircuitRecord[], lately: ReadonlyMap<string, number>): number | undefined {
  const all = [...lately.values()].reduce((sum, calls) => sum + calls, 0);
  let out = 0;
  for (const { subject, since } of ofModels.toSorted((one, other) => one.since - other.since)) {
    out += lately.get(subject) ?? 0;
    if (all === 0 || out * 2 > all) return since;
  }
  return undefined;
}

function described(out: Outage['out'], circuits: readonly CircuitRecord[], from: number, now: number): Outage {
  const since = Math.max(from, Math.min(...circuits.map((circuit) => circuit.since)));
  const ends = circuits.map(({ until = Number.POSITIVE_INFINITY }) => until);
  // One key that may be well is enough; of models each that fails shows that it goes on.
  const end = out === 'models' ? Math.max(...ends) : Math.min(...ends);
  const next = Math.min(...ends.filter((until) => until > now));
  const [newest] = circuits.toSorted((one, other) => other.since - one.since) as [CircuitRecord];
  return {
    out,
    since,
    lastedMs: Math.max(0, Math.min(now, end) - since),
    ...(Number.isFinite(next) ? { until: next } : {}),
    reason: newest.reason,
    ...(newest.lastCode === undefined ? {} : { code: newest.lastCode }),
  };
}
