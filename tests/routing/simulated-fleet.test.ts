import { beforeAll, describe, expect, it } from 'vitest';
import { type FleetFigures, figuresOf } from './fleet-report.js';
import { type FleetOptions, SimulatedFleet } from './simulated-fleet.js';

const options: FleetOptions = {
  strategy: 'weighted',
  channels: 100,
  keysOfChannel: 5,
  channelsOfTrouble: 4,
  callsPerSecond: 150,
  seconds: 420,
  troubleFromMs: 60_000,
  troubleUntilMs: 180_000,
  seed: 7,
};

describe('a hundred channels of which a third is in trouble', () => {
  let figures: FleetFigures;

  beforeAll(() => {
    figures = figuresOf(new SimulatedFleet(options).run());
  });

  it('answers every caller but those whose answer is cut in the middle', () => {
    const { before, during, after } = figures;
    expect([before.whole, before.none, during.none, after.none]).toEqual([1, 0, 0, 0]);
    expect(during.whole).toBeGreaterThan(0.99);
    expect(after.whole).toBeGreaterThan(0.999);
    expect(during.attemptsOfCall).toBeLessThan(1.1);
  });

  it('asks nothing that is to be left alone', () => {
    expect(figures.forbidden).toBe(0);
    for (const { kind, failedAttempts } of figures.troubles) if (kind !== 'slow first byte') expect(failedAttempts).toBeGreaterThan(0);
  });

  it('leaves alone what fails, and uses it again when it is well', () => {
    for (const { kind, opensAfterMs, recoversAfterMs } of figures.troubles) {
      if (kind === 'slow first byte') continue;
      expect(opensAfterMs?.most, kind).toBeLessThan(60_000);
      expect(recoversAfterMs?.most, kind).toBeLessThan(240_000);
    }
  });

  it('has callers wait less for what is slow where calls are hedged, within the cap, and for nothing in quiet times', () => {
    const hedged = figuresOf(new SimulatedFleet({ ...options, hedgeAfterMs: 2_000 }).run());
    expect(figures.during.slowestOfHundredMs).toBeGreaterThan(7_000);
    expect(hedged.during.slowestOfHundredMs).toBeLessThan(4_000);
    expect(hedged.during.hedged).toBeLessThanOrEqual(0.05);
    expect([hedged.before.hedged, hedged.forbidden, hedged.during.none]).toEqual([0, 0, 0]);
    expect(hedged.shareError).toBeLessThan(0.02);
  });

  it('shares by weight what is well', () => {
    expect(figures.shareError).toBeLessThan(0.02);
  });
});
