import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../foundation/clock.js';
import { StorageUnavailableError } from '../foundation/errors.js';
import { noMillipoints } from '../foundation/millipoints.js';
import type { SettledReceipt } from '../modules/ledger/index.js';
import type { HeldCall } from './running-call.js';
import { Settler, type SettlerDoors } from './settler.js';

const closed: SettledReceipt = { applied: true, charged: noMillipoints, uncollected: noMillipoints };

/** A call that reached no upstream: the least that can be settled. */
const heldCall = {
  call: {
    requestId: 'req_1',
    startedAt: 0,
    principal: { userId: 'u', tokenId: 't', tokenName: 'token', group: 'default' },
    dialect: { id: 'some-dialect' },
    facts: { model: 'm', stream: false },
  },
  course: { attempts: [], extensions: 0 },
  quote: {
    rate: {
      model: 'm',
      group: 'default',
      groupRatio: '1',
      groupRatioSource: 'default',
      priceSource: 'manual',
      price: { by: 'call', pricePerCall: '1' },
    },
  },
  reply: { gone: false },
  translation: {},
  trace: { text: '["only","c",null]' },
  holdId: 'hold-1',
} as unknown as HeldCall;

describe('settler', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn(), child: vi.fn() };
  const settlerOn = (ledger: Partial<SettlerDoors['ledger']>): Settler =>
    new Settler({
      ledger: ledger as SettlerDoors['ledger'],
      hooks: { onSettled: null, onBatch: null } as SettlerDoors['hooks'],
      clock: systemClock,
      log,
      metrics: { callSettled: vi.fn() },
      policyOf: () => 'upstream-actual',
      idempotency: { seal: vi.fn() },
      keyedCalls: { settling: vi.fn() },
      counter: { count: vi.fn() },
    });

  it('waits for a database that is away', async () => {
    const settle = vi
      .fn()
      .mockRejectedValueOnce(new StorageUnavailableError('away'))
      .mockRejectedValueOnce(new StorageUnavailableError('away'));
    settle.mockResolvedValue(closed);
    const sweep = vi.fn();
    const settler = settlerOn({ settle, sweep });
    settler.settle(heldCall);
    const drained = settler.drain();
    await vi.runAllTimersAsync();
    await drained;
    expect(settle).toHaveBeenCalledTimes(3);
    expect(sweep).not.toHaveBeenCalled();
  });

  it('has the hold swept when the database refuses the settlement, and tells the log what was used', async () => {
    const settle = vi.fn().mockRejectedValue(new Error('a check of the database failed'));
    const sweep = vi.fn().mockRejectedValueOnce(new StorageUnavailableError('away')).mockResolvedValue(closed);
    const settler = settlerOn({ settle, sweep });
    settler.settle(heldCall);
    const drained = settler.drain();
    await vi.runAllTimersAsync();
    await drained;
    expect(settle).toHaveBeenCalledTimes(1);
    expect(sweep.mock.calls).toEqual([
      ['hold-1', 'charge'],
      ['hold-1', 'charge'],
    ]);
    expect(log.error).toHaveBeenCalledWith(
      expect.objectContaining({ holdId: 'hold-1', requestId: 'req_1' }),
      expect.stringContaining('refused'),
    );
  });
});
