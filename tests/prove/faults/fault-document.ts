import { type ApplyDocument, chatChannel, keyOf, neverResting } from '../../support/apply-document.js';
import { callerName } from './fault-calls.js';
import { callKinds } from './fault-plan.js';
import type { FaultUpstream } from './fault-upstream.js';

/** What the wallet of the callers starts with, in points: more than all seeds cost. */
export const startingPoints = 1_000_000_000;

/** By how much the hold of a stream grows at a time. */
export const extensionTokens = 50;

/** Channels, models and callers of the fault stage. A point is the price of a token, in and out. */
export function faultDocument(upstream: FaultUpstream, callers: number, nodeLeaseMs: number): ApplyDocument {
  const places = upstream.places();
  return {
    models: callKinds.map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
    channels: [
      chatChannel('whole', places.whole, ['whole']),
      chatChannel('stream', places.stream, ['stream', 'keyed']),
      chatChannel('refusing', places.refusing, ['failover'], { priority: 2 }),
      chatChannel('failover', places.whole, ['failover'], { priority: 1, limits: { requestsPerDay: 1_000_000 } }),
      chatChannel('breaks', places.breaks, ['breaks']),
      // By this name, the tokenizer is public.
      chatChannel('unstated', places.unstated, ['unstated'], { modelMapping: { unstated: 'gpt-4o' } }),
      chatChannel('leaves', places.leaves, ['leaves']),
      chatChannel('outgrows', places.outgrows, ['outgrows']),
      chatChannel('slow', places.slow, ['hedged'], { priority: 2 }),
      chatChannel('beside', places.whole, ['hedged'], { priority: 1 }),
      { name: 'native', provider: 'openai', config: { baseUrl: places.whole, apiKey: 'of the stage' }, models: ['refers'] },
    ],
    users: [{ username: 'callers', password: 'a long enough password', points: startingPoints }],
    tokens: Array.from({ length: callers }, (_, index) => ({
      name: callerName(index),
      user: 'callers',
      key: keyOf(callerName(index)),
      points: startingPoints,
      spendCaps: { day: startingPoints, month: startingPoints },
      // Never reached, and asked of all nodes together all the same.
      limits: { requestsPerDay: 1_000_000 },
    })),
    settings: {
      // What a call must come to follows from its plan alone.
      ...neverResting,
      // Read to its end even by a machine that stands still for a while.
      relay: { attemptsPauseMs: 4 },
      routing: { hedgeAfterMsOfModels: { hedged: 4 }, hedgedPercentMax: 100 },
      settlement: { clientLeft: 'upstream-actual', drainTimeMaxMs: 10_000 },
      ledger: { nodeLeaseMs, holdOutputTokensMax: 100, holdExtensionTokens: extensionTokens, unheldOutputTokensMax: extensionTokens * 2 },
    },
  };
}
