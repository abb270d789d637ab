import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { deepFreeze, runPurely } from './run-purely.js';

describe('a pure run', () => {
  it('gives what the function gives, and throws what it throws', () => {
    expect(runPurely('f', () => 5)).toBe(5);
    expect(() =>
      runPurely('f', () => {
        throw new SyntaxError('its own');
      }),
    ).toThrow(SyntaxError);
  });

  it.each<readonly [string, () => unknown]>([
    ['fetch', () => fetch('http://127.0.0.1:9')],
    ['setTimeout', () => setTimeout(() => undefined, 0)],
    ['setInterval', () => setInterval(() => undefined, 1_000)],
    ['setImmediate', () => setImmediate(() => undefined)],
    ['Math.random', () => Math.random()],
    ['Date.now', () => Date.now()],
    ['new Date()', () => new Date()],
    ['Date()', () => Date()],
    ['the network', () => connect({ port: 9, host: '127.0.0.1' })],
  ])('has no %s', (name, reach) => {
    expect(() => runPurely('f', reach)).toThrow(`f reaches for ${name}`);
  });

  it('notices what the function itself caught', () => {
    const careless = (): number => {
      try {
        return Date.now();
      } catch {
        return 0;
      }
    };
    expect(() => runPurely('f', careless)).toThrow('reaches for Date.now');
  });

  it('reads dates that are stated', () => {
    expect(runPurely('f', () => new Date('2026-11-25T00:00:00Z').getTime() - Date.UTC(2026, 10, 25))).toBe(0);
    expect(runPurely('f', () => new Date(0) instanceof Date)).toBe(true);
  });

  it('gives everything back afterwards', () => {
    const before = [globalThis.fetch, globalThis.setTimeout, globalThis.Date, Math.random];
    expect(() => runPurely('f', () => Date.now())).toThrow();
    expect([globalThis.fetch, globalThis.setTimeout, globalThis.Date, Math.random]).toEqual(before);
    expect(Date.now()).toBeGreaterThan(0);
  });
});

describe('deepFreeze', () => {
  it('freezes lists and plain objects all the way down, and leaves instances alone', () => {
    const map = new Map([['a', 1]]);
    const value = deepFreeze({ list: [{ a: 1 }], map });
    expect(Object.isFrozen(value.list[0])).toBe(true);
    expect(Object.isFrozen(map)).toBe(false);
  });
});
