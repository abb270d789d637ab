import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpendCalendar, isTimeZone } from './spend-calendar.js';

const isoOf = (moment: number): string => new Date(moment).toISOString();

describe('spend calendar', () => {
  it.each([
    { zone: 'UTC', at: '2026-11-25T23:59:59.999Z', day: '2026-11-25', endsAt: '2026-11-26T00:00:00.000Z' },
    { zone: 'UTC', at: '2026-12-31T12:00:00.000Z', day: '2026-12-31', endsAt: '2027-01-01T00:00:00.000Z' },
    { zone: 'Asia/Tokyo', at: '2026-11-25T15:00:00.000Z', day: '2026-11-26', endsAt: '2026-11-26T15:00:00.000Z' },
    // Days on which the clocks change have 23 and 25 hours.
    { zone: 'Europe/Berlin', at: '2026-03-29T12:00:00.000Z', day: '2026-03-29', endsAt: '2026-03-29T22:00:00.000Z' },
    { zone: 'Europe/Berlin', at: '2026-10-25T12:00:00.000Z', day: '2026-10-25', endsAt: '2026-10-25T23:00:00.000Z' },
  ])('finds the day of $at in $zone', ({ zone, at, day, endsAt }) => {
    const period = new SpendCalendar(() => zone).periodAt('day', Date.parse(at));
    expect([period.label, isoOf(period.endsAt)]).toEqual([day, endsAt]);
  });

  it('finds months, also the last of a year', () => {
    const { label, startsAt, endsAt } = new SpendCalendar().periodAt('month', Date.parse('2026-12-09T00:00:00Z'));
    expect([label, isoOf(startsAt), isoOf(endsAt)]).toEqual(['2026-12', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z']);
  });

  it('follows a change of the zone at once', () => {
    let zone = 'UTC';
    const calendar = new SpendCalendar(() => zone);
    const moment = Date.parse('2026-11-25T20:00:00Z');
    expect(calendar.periodAt('day', moment).label).toBe('2026-11-25');
    zone = 'Asia/Tokyo';
    expect(calendar.periodAt('day', moment).label).toBe('2026-11-26');
  });

  it('puts every moment into exactly one period, which the next one follows without a gap', () => {
    const zones = fc.constantFrom('UTC', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland', 'Europe/London');
    fc.assert(
      fc.property(zones, fc.constantFrom('day', 'month'), fc.integer({ min: 0, max: 4_000_000_000_000 }), (zone, window, moment) => {
        const calendar = new SpendCalendar(() => zone);
        const period = calendar.periodAt(window, moment);
        expect(moment).toBeGreaterThanOrEqual(period.startsAt);
        expect(moment).toBeLessThan(period.endsAt);
        expect(new SpendCalendar(() => zone).periodAt(window, period.endsAt).startsAt).toBe(period.endsAt);
      }),
      { numRuns: 200 },
    );
  });

  it('knows time zones by name', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
