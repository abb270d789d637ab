import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, type ApplyDocument, neverResting, openToken } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { accountOf, allUsageRowsOf, type UsageRow } from '../support/usage-rows.js';
import {
  type BreakingUpstream,
  type DialectId,
  dialectIds,
  type Ending,
  eventsOf,
  type Happening,
  happenings,
  startBreakingUpstream,
} from './endings/breaking-upstream.js';
import { LeavingClient } from './endings/leaving-client.js';
import { differencesOf, expectedOf, jsonOf, type Policy, type Seen, textIn } from './endings/reckoner.js';

const policies: readonly Policy[] = ['upstream-actual', 'delivered', 'free'];
const atOnceMax = 150;

interface Case extends Ending {
  readonly client: DialectId;
  readonly policy: Policy;
}

/** Each dialect of clients in front of its own vendor and of another one. */
const pairs = dialectIds.flatMap((client, index) =>
  [client, dialectIds[(index + 1) % dialectIds.length] as DialectId].map((upstream) => ({ client, upstream })),
);

/** After no event, after each, and after all; an error that follows the last event is none inside the answer. */
const cases: readonly Case[] = pairs.flatMap(({ client, upstream }) =>
  happenings.flatMap((happening) =>
    Array.from({ length: eventsOf(upstream).length + (happening.startsWith('error') ? 0 : 1) }, (_, events) => events).flatMap((events) =>
      policies.map((policy) => ({
        name: [client, upstream, happening, events, policy].join('_'),
        client,
        upstream,
        happening,
        events,
        policy,
      })),
    ),
  ),
);

function documentFor(upstream: BreakingUpstream): ApplyDocument {
  return {
    models: cases.map(({ name, policy }) => ({
      name,
      modelRatio: 1,
      completionRatio: 2,
      cacheRatio: 0.5,
      settlement: { clientLeft: policy, upstreamCut: policy, errorInside: policy, timeout: policy, burntAttempt: policy },
    })),
    channels: dialectIds.map((id) =>
      upstream.channel(
        id,
        cases.filter((one) => one.upstream === id).map(({ name }) => name),
      ),
    ),
    users: [alice],
    tokens: [openToken],
    settings: { ...neverResting, relay: { idleTimeoutMs: 5_000, keepAliveAfterMs: 60_000 }, settlement: { drainsMax: cases.length } },
  };
}

describe('a call that does not end as it should', () => {
  let upstream: BreakingUpstream;
  let gateway: TestGateway;
  let rows: ReadonlyMap<string, UsageRow>;
  const seen = new Map<string, Seen>();

  /** Whatever reached the gateway before is done with when it has answered twice. */
  const gatewayKeepsUp = async (): Promise<void> => {
    for (let round = 0; round < 2; round += 1) await (await fetch(`${gateway.url}/healthz`)).arrayBuffer();
  };

  async function play({ name, client: dialect, upstream: vendor, happening, events }: Case): Promise<void> {
    const client = new LeavingClient(gateway.url, openToken.key, dialect, name);
    if (happening !== 'error-at-once') {
      await upstream.sent(name);
      await gatewayKeepsUp();
      if (happening === 'left') {
        await client.leaveAfter(textIn(vendor, jsonOf(eventsOf(vendor).slice(0, events))));
        await gatewayKeepsUp();
      }
      upstream.goOn(name);
    }
    await client.over;
    seen.set(name, client.seen);
  }

  beforeAll(async () => {
    upstream = await startBreakingUpstream(cases);
    gateway = await startGateway({ apply: documentFor(upstream) });
    const waiting = [...cases];
    const worker = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await play(next);
    };
    await Promise.all(Array.from({ length: atOnceMax }, worker));
    await eventually('every call is settled', async () => (await accountOf(gateway, openToken.key)).held === '0');
    rows = new Map((await allUsageRowsOf(gateway, openToken.key)).map((row) => [row.model, row]));
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.each(pairs.flatMap((pair) => happenings.map((happening: Happening) => ({ ...pair, happening }))))(
    'is charged by its rule after every event, under every policy: $client from $upstream, $happening',
    ({ client, upstream: vendor, happening }) => {
      const ofThese = cases.filter((one) => one.client === client && one.upstream === vendor && one.happening === happening);
      const differences = ofThese.flatMap((one) => {
        const saw = seen.get(one.name);
        if (saw === undefined) return [`${one.name}: not played`];
        const found = differencesOf(rows.get(one.name), expectedOf(one, one.policy, saw));
        return found.map((difference) => `${one.name} (${JSON.stringify(saw)}): ${difference}`);
      });
      expect(differences).toEqual([]);
    },
  );

  it('is played with every rule of the table that a stream can come under', () => {
    const endings = new Set([...rows.values()].map(({ ending }) => ending));
    expect(endings).toEqual(
      new Set(['client-left', 'upstream-cut', 'timeout', 'error-inside', 'burnt-attempt', 'failed', 'complete', 'no-usage']),
    );
    expect(rows.size).toBe(cases.length);
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
