import { type FleetRun, isTroubledKey, troubleOf, weightOf } from './simulated-fleet.js';
import { keyTroubles, type TroubleKind, troubleKinds } from './troubles.js';

export interface PhaseFigures {
  readonly calls: number;
  /** Of all calls, those whose caller got a whole answer. */
  readonly whole: number;
  readonly part: number;
  readonly none: number;
  readonly attemptsOfCall: number;
  /** Of all calls, those that were sent to two places at once. */
  readonly hedged: number;
  readonly medianMs: number;
  readonly slowestOfHundredMs: number;
}

export interface TroubleFigures {
  readonly kind: TroubleKind;
  readonly failedAttempts: number;
  /** From the first failure of a place until it is left alone. */
  readonly opensAfterMs: Spread | undefined;
  /** From the end of the trouble until the place is used as before. */
  readonly recoversAfterMs: Spread | undefined;
}

export interface Spread {
  readonly median: number;
  readonly most: number;
}

export interface FleetFigures {
  readonly before: PhaseFigures;
  readonly during: PhaseFigures;
  readonly after: PhaseFigures;
  readonly troubles: readonly TroubleFigures[];
  /** Between a weight's share of the calls of channels without trouble and the share that it should have, relative: the largest. */
  readonly shareError: number;
  readonly forbidden: number;
}

export function figuresOf(run: FleetRun): FleetFigures {
  const { troubleFromMs, troubleUntilMs } = run.options;
  const phase = (from: number, until: number): PhaseFigures => phaseFigures(run, from, until);
  return {
    before: phase(0, troubleFromMs),
    during: phase(troubleFromMs, troubleUntilMs),
    after: phase(troubleUntilMs, Number.POSITIVE_INFINITY),
    troubles: troubleKinds.map((kind) => troubleFigures(run, kind)),
    shareError: shareError(run),
    forbidden: run.forbidden,
  };
}

function phaseFigures({ calls }: FleetRun, from: number, until: number): PhaseFigures {
  const those = calls.filter(({ startedAt }) => startedAt >= from && startedAt < until);
  const share = (end: string): number => those.filter((call) => call.end === end).length / those.length;
  const times = those.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
  return {
    calls: those.length,
    whole: share('whole'),
    part: share('part'),
    none: share('none'),
    attemptsOfCall: those.reduce((sum, { attempts }) => sum + attempts, 0) / those.length,
    hedged: those.filter(({ isHedged }) => isHedged).length / those.length,
    medianMs: times[Math.floor(times.length / 2)] ?? 0,
    slowestOfHundredMs: times[Math.floor(times.length * 0.99)] ?? 0,
  };
}

function troubleFigures(run: FleetRun, kind: TroubleKind): TroubleFigures {
  const { options, attempts, changes } = run;
  const isMeant = ({ channel, keyId }: { readonly channel: number; readonly keyId: string }): boolean =>
    troubleOf(channel, options) === kind && (!keyTroubles.has(kind) || isTroubledKey(keyId));
  const failed = attempts.filter((attempt) => attempt.failed && isMeant(attempt));
  const placeOf = ({ channel, keyId }: { readonly channel: number; readonly keyId: string }): string =>
    keyTroubles.has(kind) ? keyId : `c${channel}`;
  const opens: number[] = [];
  const recovers: number[] = [];
  for (const place of new Set(failed.map(placeOf))) {
    const ofPlace = changes.filter(({ channelId, keyId }) => (keyId ?? channelId) === place);
    const firstFailure = Math.min(...failed.filter((attempt) => placeOf(attempt) === place).map(({ startedAt }) => startedAt));
    const opened = ofPlace.find(({ to }) => to !== 'closed');
    if (opened !== undefined) opens.push(opened.at - firstFailure);
    const closed = ofPlace.find(({ to, at }) => to === 'closed' && at >= options.troubleUntilMs);
    if (closed !== undefined) recovers.push(closed.at - options.troubleUntilMs);
  }
  return { kind, failedAttempts: failed.length, opensAfterMs: spreadOf(opens), recoversAfterMs: spreadOf(recovers) };
}

function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  const most = sorted.at(-1);
  return most === undefined ? undefined : { median: sorted[Math.floor(sorted.length / 2)] ?? 0, most };
}

function shareError({ options, attempts }: FleetRun): number {
  const well = Array.from({ length: options.channels }, (_, index) => index).filter((index) => troubleOf(index, options) === undefined);
  const counts = new Map<number, number>();
  for (const { channel } of attempts) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  const sum = (channels: readonly number[], of: (channel: number) => number): number =>
    channels.reduce((total, channel) => total + of(channel), 0);
  const callsAt = (channel: number): number => counts.get(channel) ?? 0;
  const errors = [1, 2, 3, 4].map((weight) => {
    const ofWeight = well.filter((channel) => weightOf(channel) === weight);
    const share = sum(ofWeight, callsAt) / sum(well, callsAt);
    return Math.abs(share / (sum(ofWeight, weightOf) / sum(well, weightOf)) - 1);
  });
  return Math.max(...errors);
}
