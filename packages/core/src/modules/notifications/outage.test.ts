import { describe, expect, it } from 'vitest';
import type { CircuitRecord } from '../health/index.js';
import { outageOf } from './outage.js';

const now = 1_000_000;
const channel = { keys: ['k', 'l'].map((id) => ({ id, hint: '…', config: {} })) };
const open = (kind: CircuitRecord['kind'], subject: string, since: number, until?: number): CircuitRecord => ({
  channelId: 'c',
  kind,
  subject,
  state: until === undefined ? 'disabled' : 'open',
  reason: until === undefined ? 'status' : 'failures',
  since: now + since,
  ...(until === undefined ? {} : { until: now + until }),
  failures: 1,
  trips: 1,
  lastCode: 'x',
});
const of = (circuits: readonly CircuitRecord[], answered: Readonly<Record<string, number>> = {}, lastAt?: number) =>
  outageOf(channel, circuits, { lastAt: lastAt === undefined ? undefined : now + lastAt, lately: new Map(Object.entries(answered)) }, now);

describe('an outage of a channel', () => {
  it('is none while nothing is out, or one key can be used', () => {
    expect(of([])).toBeUndefined();
    expect(of([open('key', 'k', -500, 500)])).toBeUndefined();
    expect(of([open('key', 'k', -500, 500), open('key', 'gone', -500, 500)])).toBeUndefined();
  });

  it('begins when the last key goes out, and is known for as long as the first of them is left alone', () => {
    expect(of([open('key', 'k', -500), open('key', 'l', -300, 100)])).toEqual({
      out: 'keys',
      since: now - 300,
      lastedMs: 300,
      until: now + 100,
      reason: 'failures',
      code: 'x',
    });
    expect(of([open('key', 'k', -500), open('key', 'l', -300, -100)])).toEqual({
      out: 'keys',
      since: now - 300,
      lastedMs: 200,
      reason: 'failures',
      code: 'x',
    });
  });

  it('is that of the channel itself, whatever its keys are', () => {
    expect(of([open('channel', '', -700, 100), open('model', 'm', -600, 100)])).toMatchObject({ out: 'channel', lastedMs: 700 });
    expect(of([open('channel', '', -10, 100), open('key', 'k', -500), open('key', 'l', -500)])).toMatchObject({
      out: 'keys',
      lastedMs: 500,
    });
  });

  it('is that of models which answered most calls lately, since there were so many of them', () => {
    const rare = open('model', 'rare', -900, 100);
    expect(of([rare], { rare: 1, busy: 9 })).toBeUndefined();
    expect(of([rare, open('model', 'even', -800, 100)], { rare: 1, even: 4, busy: 5 })).toBeUndefined();
    expect(of([rare, open('model', 'busy', -400, 100)], { rare: 1, busy: 9 })).toMatchObject({ out: 'models', lastedMs: 400 });
    expect(of([open('model', 'busy', -400, 100), open('model', 'rare', -10, 100)], { rare: 1, busy: 9 })).toMatchObject({ lastedMs: 400 });
  });

  it('is that of any model where nothing has been answered lately', () => {
    expect(of([open('model', 'm', -400, 100)])).toMatchObject({ out: 'models', lastedMs: 400 });
  });

  it('begins after the last answer, and is none where another model has answered since the last one went out', () => {
    const busy = open('model', 'busy', -400, 100);
    expect(of([busy], { busy: 9, rare: 1 }, -150)).toBeUndefined();
    expect(of([busy], {}, -150)).toBeUndefined();
    expect(of([busy, open('model', 'rare', -100, 100)], { busy: 9, rare: 1 }, -150)).toMatchObject({ since: now - 150, lastedMs: 150 });
    expect(of([busy], { busy: 9, rare: 1 }, -500)).toMatchObject({ since: now - 400, lastedMs: 400 });
  });
});
