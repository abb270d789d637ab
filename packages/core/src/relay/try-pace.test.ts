import { describe, expect, it } from 'vitest';
import { relaySettings } from './relay-settings.js';
import { TryPace } from './try-pace.js';

function paceOf(settings: object, random = () => 1) {
  const clock = { at: 1_000, now: () => clock.at };
  return { clock, pace: new TryPace(relaySettings.schema.parse(settings), 1_000, clock, random) };
}

describe('the pace of attempts', () => {
  it('ends with their number or their time', () => {
    const { clock, pace } = paceOf({ attemptsMax: 3, attemptsTimeMaxMs: 500 });
    expect([0, 2, 3].map((made) => pace.mayTry(made))).toEqual([true, true, false]);
    clock.at += 500;
    expect(pace.mayTry(0)).toBe(false);
  });

  it('goes on at once unless a pause is set', () => {
    expect(paceOf({}).pace.pauseMs(3)).toBe(0);
  });

  it('pauses for longer after each failure, up to a bound, by chance for down to half of it', () => {
    const settings = { attemptsPauseMs: 100, attemptsPauseMaxMs: 350 };
    const { pace } = paceOf(settings);
    expect([0, 1, 2, 3, 4].map((made) => pace.pauseMs(made))).toEqual([0, 100, 200, 350, 350]);
    expect(paceOf(settings, () => 0).pace.pauseMs(2)).toBe(100);
  });

  it('never pauses beyond the time for attempts', () => {
    const { clock, pace } = paceOf({ attemptsPauseMs: 400, attemptsTimeMaxMs: 500 });
    clock.at += 450;
    expect(pace.pauseMs(1)).toBe(50);
  });

  it('waits for channels that are free soon, for so long altogether', () => {
    const { clock, pace } = paceOf({ channelWaitMaxMs: 1_000 });
    expect(pace.channelWaitMs(undefined)).toBeUndefined();
    expect(pace.channelWaitMs(Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(pace.channelWaitMs(1_000)).toBeUndefined();
    expect(pace.channelWaitMs(600)).toBe(600);
    clock.at += 600;
    expect(pace.channelWaitMs(600)).toBeUndefined();
    expect(pace.channelWaitMs(300)).toBe(300);
  });

  it('never waits beyond the time for attempts, and not at all where that is not wanted', () => {
    const { clock, pace } = paceOf({ channelWaitMaxMs: 1_000, attemptsTimeMaxMs: 5_000 });
    clock.at += 4_500;
    expect(pace.channelWaitMs(600)).toBeUndefined();
    expect(pace.channelWaitMs(400)).toBe(400);
    expect(paceOf({ channelWaitMaxMs: 0 }).pace.channelWaitMs(0)).toBeUndefined();
  });
});
