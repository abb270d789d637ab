import { emptyUsage, type Usage } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import type { AttemptEnd } from './answer.js';
import type { AttemptDraft, CallResult } from './call-course.js';
import { claimEndOf } from './claim-end.js';
import type { HeldCall } from './running-call.js';

interface Told {
  readonly attempts?: readonly Partial<AttemptDraft>[];
  readonly end?: Partial<AttemptEnd>;
  readonly firstByteAt?: number;
  readonly stated?: Usage;
}

/** What becomes of the key of a call that was charged nothing. */
function endOf({ attempts = [], end, firstByteAt, stated }: Told): string | undefined {
  const held = {
    call: { claim: { id: 'claim' } },
    course: { attempts, end, meter: { statedUsage: () => stated } },
    reply: { firstByteAt },
    holdId: 'hold',
  } as unknown as HeldCall;
  const result = { cost: 0n, usage: emptyUsage() } as unknown as CallResult;
  return claimEndOf(held, result, undefined, () => ({}) as never)?.state;
}

describe('the key of a call that was charged nothing', () => {
  it('is free if no upstream stated that it used anything', () => {
    expect(endOf({})).toBe('freed');
    expect(endOf({ attempts: [{ failure: 'upstream_failed' }, { usage: { inputText: 0 } }] })).toBe('freed');
    expect(endOf({ end: { answered: true, ending: 'clientLeft' } })).toBe('freed');
  });

  it('is not free if an attempt burnt tokens, whoever pays for them', () => {
    expect(endOf({ attempts: [{ usage: { inputText: 7 } }, { failure: 'upstream_failed' }] })).toBe('not-kept');
    expect(endOf({ attempts: [{ usage: { webSearches: 1 } }] })).toBe('not-kept');
  });

  it('is not free if a part of an answer was sent or stated, and the policy of its ending is free', () => {
    expect(endOf({ end: { answered: true, ending: 'upstreamCut' }, firstByteAt: 1 })).toBe('not-kept');
    expect(endOf({ end: { answered: true, ending: 'clientLeft' }, stated: { ...emptyUsage(), inputText: 7 } })).toBe('not-kept');
  });
});
