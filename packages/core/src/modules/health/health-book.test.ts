import { type Verdict, verdictForKind, verdictForStatus } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../foundation/logger.js';
import type { HealthChange } from './circuit-record.js';
import type { AttemptOutcome } from './health.js';
import { HealthBook } from './health-book.js';
import { healthSettings } from './health-settings.js';

/** A book with a clock of its own, and what was told of it. */
function open(settings: Record<string, unknown> = {}) {
  const clock = { time: 0, now: () => clock.time };
  const values = healthSettings.schema.parse(settings);
  const log = createLogger('silent', { write() {} });
  const book = new HealthBook({ settings: () => values, clock, log, channelNameOf: () => undefined });
  const changes: HealthChange[] = [];
  book.onChange((change) => changes.push(change));
  const report = (verdict?: Verdict, more: Partial<AttemptOutcome> = {}): void =>
    book.report({ channelId: 'c', keyId: 'k', model: 'm', verdict, mayDisable: true, startedAt: clock.time, at: clock.time, ...more });
  const blocked = (model = 'm') => book.channelBlocked('c', model, clock.time) ?? book.keyBlocked('k', clock.time);
  const fail = (times: number, verdict: Verdict): void => {
    for (let round = 0; round < times; round += 1) report(verdict);
  };
  return { book, clock, changes, report, blocked, fail };
}

const network = verdictForKind('network', 502, 'Away.', 'upstream_connection_failed');
const status = (code: number, more: Partial<Verdict> = {}): Verdict => ({ ...verdictForStatus(code, 'No.'), ...more });

describe('what attempts say about channels, models and keys', () => {
  it('leaves a key alone at once that is limited: for exactly the stated time, else for a time that grows', () => {
    const { book, clock, report } = open({ coolDownMs: 1_000 });
    report(status(429, { retryAfterMs: 42_000 }));
    expect(book.keyBlocked('k', 41_999)).toEqual({ reason: 'cooling-down', until: 42_000 });
    expect(book.channelBlocked('c', 'm', 0)).toBeUndefined();
    clock.time = 42_000;
    for (const rest of [1_000, 2_000, 4_000]) {
      expect(book.beginProbe('c', 'k', 'm', clock.time) || book.keyBlocked('k', clock.time) === undefined).toBe(true);
      report(status(429));
      expect(book.keyBlocked('k', clock.time)).toEqual({ reason: 'cooling-down', until: clock.time + rest });
      clock.time += rest;
    }
  });

  it.each([402, 403])('leaves a key alone at once that is refused with %i', (code) => {
    const { book, report } = open();
    report(status(code));
    expect(book.keyBlocked('k', 0)).toEqual({ reason: 'cooling-down', until: 60_000 });
    expect(book.list()).toMatchObject([{ kind: 'key', subject: 'k', reason: 'refused', lastCode: `upstream_${code}` }]);
  });

  it('leaves the channel alone for all its models when it cannot be reached, the model alone when it answers with errors', () => {
    const away = open();
    away.fail(4, network);
    expect(away.blocked()).toBeUndefined();
    away.fail(1, network);
    expect([away.blocked('m')?.reason, away.blocked('other')?.reason]).toEqual(['cooling-down', 'cooling-down']);
    const broken = open();
    broken.fail(5, status(500));
    expect([broken.blocked('m')?.reason, broken.blocked('other')]).toEqual(['cooling-down', undefined]);
    const missing = open();
    missing.fail(5, status(404));
    expect([missing.blocked('m')?.reason, missing.blocked('other')]).toEqual(['cooling-down', undefined]);
  });

  it('learns nothing from what is wrong with a request, nor from clients that leave', () => {
    const { book, report, fail, blocked } = open({ disableStatusCodes: [400], disableKeywords: ['your fault'] });
    fail(50, status(400, { message: 'your fault' }));
    for (let round = 0; round < 50; round += 1) book.abandon({ channelId: 'c', keyId: 'k', model: 'm' }, 0);
    report();
    expect([blocked(), book.worth('c', 'm'), book.list()]).toEqual([undefined, 1, []]);
  });

  it('lets one call alone try what has cooled down', () => {
    const { book, clock, report, fail, blocked, changes } = open();
    fail(5, network);
    clock.time = 5_000;
    expect(blocked()).toBeUndefined();
    expect(book.beginProbe('c', 'k', 'm', clock.time)).toBe(true);
    expect(book.beginProbe('c', 'k', 'm', clock.time)).toBe(false);
    expect(blocked()).toEqual({ reason: 'probing' });
    clock.time = 5_100;
    report(undefined, { startedAt: 5_000 });
    expect(blocked()).toBeUndefined();
    expect(changes).toEqual([
      { channelId: 'c', from: 'closed', to: 'open', reason: 'failures', until: 5_000, lastCode: 'upstream_connection_failed' },
      { channelId: 'c', from: 'open', to: 'closed' },
    ]);
  });

  it('gives the try back where it said nothing about what it was to find out', () => {
    const { book, clock, report, fail, blocked } = open();
    fail(5, network);
    clock.time = 5_000;
    expect(blocked()).toBeUndefined();
    book.beginProbe('c', 'k', 'm', 5_000);
    book.abandon({ channelId: 'c', keyId: 'k', model: 'm' }, 5_000);
    expect(blocked()).toBeUndefined();
    book.beginProbe('c', 'k', 'm', 5_000);
    // The channel was reached, whatever it says of the key.
    report(status(429));
    expect([book.channelBlocked('c', 'm', 5_000), book.keyBlocked('k', 5_000)?.reason]).toEqual([undefined, 'cooling-down']);
  });

  it('disables a key that is refused with a listed status until somebody enables it', async () => {
    const { book, clock, report, changes } = open();
    report(status(401));
    clock.time = 86_400_000 * 365;
    expect(book.keyBlocked('k', clock.time)).toEqual({ reason: 'disabled' });
    report();
    expect(book.keyBlocked('k', clock.time)).toEqual({ reason: 'disabled' });
    await book.enable('c', { keyId: 'k' });
    expect(book.keyBlocked('k', clock.time)).toBeUndefined();
    expect(changes.map(({ keyId, from, to, reason }) => [keyId, from, to, reason])).toEqual([
      ['k', 'closed', 'disabled', 'status'],
      ['k', 'disabled', 'closed', undefined],
    ]);
  });

  it('disables a key by words in its upstream’s own text, however they are written', () => {
    const { book, report } = open({ disableKeywords: ['Balance is TOO low'] });
    report(status(503, { message: 'The upstream refused the request.' }), { words: '{"error":"your balance is too LOW, sorry"}' });
    expect(book.keyBlocked('k', 0)).toEqual({ reason: 'disabled' });
    expect(book.list()).toMatchObject([{ kind: 'key', reason: 'keyword' }]);
  });

  it('only leaves alone for a time what the operator does not want to be disabled', () => {
    const { book, report } = open({ autoDisableModels: true, failureThreshold: 2 });
    report(status(401), { mayDisable: false });
    expect(book.keyBlocked('k', 0)).toEqual({ reason: 'cooling-down', until: 60_000 });
    for (let round = 0; round < 9; round += 1) report(status(500), { mayDisable: false });
    expect(book.channelBlocked('c', 'm', 0)?.reason).toBe('cooling-down');
  });

  it('disables a model of a channel after failures in a row, for exactly the minutes that are set', () => {
    const { book, clock, report, fail, blocked } = open({ autoDisableModels: true, failureThreshold: 4, recoveryMinutes: 7 });
    fail(3, status(500));
    report();
    fail(3, network);
    report(status(429));
    expect(book.channelBlocked('c', 'm', 0)).toBeUndefined();
    report(status(503));
    expect(book.channelBlocked('c', 'm', 0)).toEqual({ reason: 'disabled', until: 420_000 });
    expect(blocked('other')?.reason).not.toBe('disabled');
    clock.time = 419_999;
    expect(book.channelBlocked('c', 'm', clock.time)?.reason).toBe('disabled');
    clock.time = 420_000;
    expect(book.channelBlocked('c', 'm', clock.time)).toBeUndefined();
    expect(book.list().filter(({ state }) => state === 'disabled')).toEqual([]);
  });

  it('disables no model unless it is switched on, and lets nothing cool down where that is switched off', () => {
    const usual = open();
    usual.fail(50, status(500));
    expect(usual.blocked()?.reason).toBe('cooling-down');
    const off = open({ coolDowns: false });
    off.fail(50, network);
    off.fail(50, status(429));
    expect(off.blocked()).toBeUndefined();
  });

  it('is worth exactly 1 until something fails, less with each failure, never nothing, and 1 again with time', () => {
    const { book, clock, report, fail } = open();
    report();
    expect(book.worth('c', 'm')).toBe(1);
    report(status(500));
    const once = book.worth('c', 'm');
    expect(once).toBe(0.75);
    report();
    expect(book.worth('c', 'm')).toBeGreaterThan(once);
    fail(100, status(500));
    expect(book.worth('c', 'm')).toBe(0.05);
    expect(book.worth('c', 'other')).toBe(1);
    clock.time = 60_000;
    expect(book.worth('c', 'm')).toBeCloseTo(0.5, 1);
    clock.time = 600_000;
    expect(book.worth('c', 'm')).toBe(1);
    book.sweep();
    expect(book.worth('c', 'm')).toBe(1);
  });

  it('lets people disable a channel, a model or a key, and enable all of a channel at once', async () => {
    const { book, clock, blocked } = open();
    await book.disable('c', { model: 'm' }, 1_000);
    expect([blocked('m'), blocked('other')]).toEqual([{ reason: 'disabled', until: 1_000 }, undefined]);
    await book.disable('c', { keyId: 'k' });
    await book.disable('c');
    expect(blocked('other')).toEqual({ reason: 'disabled' });
    expect(book.list().map(({ kind, reason }) => [kind, reason])).toEqual([
      ['key', 'person'],
      ['channel', 'person'],
      ['model', 'person'],
    ]);
    clock.time = 500;
    await book.enable('c');
    expect([blocked('m'), book.list()]).toEqual([undefined, []]);
  });
});
