import { describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../foundation/errors.js';
import { HoldGrowth } from './hold-growth.js';

/** A stream that a lane sees into, with `outputTokens` so far, and a caller who can pay for so many extensions. */
function stream(heldOutputTokens: number, endedAboveTokens: number, extensions: number) {
  const meter = { passedBytes: 0, tokens: 0, outputTokens: () => meter.tokens };
  const extended: number[] = [];
  const extendHold = async (tokens: number) => {
    extended.push(tokens);
    return extended.length <= extensions;
  };
  return { meter, extended, growth: new HoldGrowth(meter, { heldOutputTokens, endedAboveTokens, stepTokens: 10, extendHold }) };
}

describe('the growth of a hold', () => {
  it('begins with the first token that is not held, also where the caller states a maximum', async () => {
    const { meter, extended, growth } = stream(1, 52, 2);
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 1;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe(true);
    meter.tokens = 10;
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 11;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe(true);
    expect(extended).toEqual([10, 10]);
  });

  it('ends a stream that cannot grow only where our estimate of a stated maximum cannot be that wrong', async () => {
    const { meter, growth } = stream(1, 52, 0);
    meter.tokens = 20;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe(true);
    meter.tokens = 51;
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 52;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe(false);
  });

  it('ends a stream without a maximum as soon as it cannot grow', async () => {
    const { meter, growth } = stream(100, 100, 0);
    meter.tokens = 100;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe(false);
  });

  it('lets a stream go on for a step at a time while the database is away', async () => {
    const { meter } = stream(100, 100, 0);
    let asked = 0;
    const extendHold = async (): Promise<boolean> => {
      asked += 1;
      if (asked < 3) throw new StorageUnavailableError('Away.');
      return false;
    };
    const growth = new HoldGrowth(meter, { heldOutputTokens: 100, endedAboveTokens: 100, stepTokens: 10, extendHold });
    for (const tokens of [100, 110]) {
      meter.tokens = tokens;
      expect(growth.outgrown()).toBe(true);
      expect(await growth.extend()).toBe(true);
      expect(growth.outgrown()).toBe(false);
    }
    meter.tokens = 120;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe(false);
  });
});
