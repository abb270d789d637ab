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
  return {
    meter,
    extended,
    growth: new HoldGrowth(meter, { heldOutputTokens, endedAboveTokens, unheldTokensMax: 30, stepTokens: 10, extendHold }),
  };
}

describe('the growth of a hold', () => {
  it('begins with the first token that is not held, also where the caller states a maximum', async () => {
    const { meter, extended, growth } = stream(1, 52, 2);
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 1;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBeUndefined();
    meter.tokens = 10;
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 11;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBeUndefined();
    expect(extended).toEqual([10, 10]);
  });

  it('ends a stream that cannot grow only where our estimate of a stated maximum cannot be that wrong', async () => {
    const { meter, growth } = stream(1, 52, 0);
    meter.tokens = 20;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBeUndefined();
    meter.tokens = 51;
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 52;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe('quotaEnded');
  });

  it('ends a stream without a maximum as soon as it cannot grow', async () => {
    const { meter, growth } = stream(100, 100, 0);
    meter.tokens = 100;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe('quotaEnded');
  });

  /** Of a stream that may run 25 tokens ahead of 100. */
  function growthBy(extendHold: () => Promise<boolean>) {
    const { meter } = stream(100, 100, 0);
    const parts = { heldOutputTokens: 100, endedAboveTokens: 100, unheldTokensMax: 25, stepTokens: 10, extendHold };
    return { meter, growth: new HoldGrowth(meter, parts) };
  }

  const away = async (): Promise<boolean> => {
    throw new StorageUnavailableError('Away.');
  };

  it('lets a stream go on for a step at a time while the database is away', async () => {
    const answers = [away, away, async () => false];
    const { meter, growth } = growthBy(async () => (answers.shift() ?? away)());
    for (const tokens of [100, 110]) {
      meter.tokens = tokens;
      expect(growth.outgrown()).toBe(true);
      expect(await growth.extend()).toBeUndefined();
      expect(growth.outgrown()).toBe(false);
    }
    meter.tokens = 120;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe('quotaEnded');
  });

  it('ends a stream that is as far ahead of its hold as it may be', async () => {
    const { meter, growth } = growthBy(away);
    for (const tokens of [100, 110, 120]) {
      meter.tokens = tokens;
      expect(growth.outgrown()).toBe(true);
      expect(await growth.extend()).toBeUndefined();
    }
    meter.tokens = 124;
    expect(growth.outgrown()).toBe(false);
    meter.tokens = 125;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe('ledgerAway');
  });

  it('lets a stream run ahead anew once the hold has grown', async () => {
    const answers = [away, away, async () => true];
    const { meter, growth } = growthBy(async () => (answers.shift() ?? away)());
    for (const tokens of [100, 110, 124, 125, 134]) {
      meter.tokens = tokens;
      if (growth.outgrown()) expect(await growth.extend()).toBeUndefined();
    }
    meter.tokens = 135;
    expect(growth.outgrown()).toBe(true);
    expect(await growth.extend()).toBe('ledgerAway');
  });

  it('makes a stream wait that is so far ahead before the ledger has answered', async () => {
    let answer: (enough: boolean) => void = () => undefined;
    const { meter, growth } = growthBy(() => new Promise((resolve) => (answer = resolve)));
    meter.tokens = 124;
    expect(growth.outgrown()).toBe(true);
    const extended = growth.extend();
    expect(growth.mustWait()).toBe(false);
    meter.tokens = 125;
    expect(growth.mustWait()).toBe(true);
    answer(true);
    expect(await extended).toBeUndefined();
    expect(growth.mustWait()).toBe(false);
  });

  it('keeps the slack of a stated maximum also while the database is away', async () => {
    const { meter } = stream(1, 52, 0);
    const growth = new HoldGrowth(meter, {
      heldOutputTokens: 1,
      endedAboveTokens: 52,
      unheldTokensMax: 0,
      stepTokens: 10,
      extendHold: away,
    });
    meter.tokens = 51;
    expect(await growth.extend()).toBeUndefined();
    meter.tokens = 52;
    expect(await growth.extend()).toBe('ledgerAway');
  });
});
