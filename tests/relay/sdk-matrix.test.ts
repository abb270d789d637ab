import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExpectedUsage, expectationOf } from '../replay/expectations.js';
import { fixtureChannels, fixtureModels, modelNameOf } from '../replay/fixture-channels.js';
import { allFixtures, announceMissingRecordings, type Fixture, plainAnswers } from '../replay/fixtures.js';
import { type ReplayUpstream, startReplayUpstream } from '../replay/replay-upstream.js';
import { alice, keyOf } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { clients } from './clients/all-clients.js';
import { failuresOf } from './failures-of.js';

const fixtures = plainAnswers(allFixtures);

const keyOfClient = (index: number): string => keyOf(`client-${index}`);

/** What the receipts say differently from the recordings. */
function receiptFailures(
  asked: readonly Fixture[],
  rows: readonly { readonly model: string; readonly usage: ExpectedUsage }[],
): readonly string[] {
  return asked.flatMap((fixture) => {
    const { usage } = expectationOf(fixture);
    const row = rows.find(({ model }) => model === modelNameOf(fixture));
    if (row === undefined) return [`${fixture.file}: no receipt`];
    if (usage === undefined || isDeepStrictEqual(row.usage, usage)) return [];
    return [`${fixture.file}: receipt ${JSON.stringify(row.usage)} instead of ${JSON.stringify(usage)}`];
  });
}

describe('official clients through the gateway', () => {
  announceMissingRecordings('sdk-matrix');
  let upstream: ReplayUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startReplayUpstream();
    gateway = await startGateway({
      apply: {
        models: fixtureModels(fixtures),
        channels: fixtureChannels(upstream, fixtures),
        users: [alice],
        tokens: clients.map((_, index) => ({ name: `client ${index}`, user: alice.username, key: keyOfClient(index), unlimited: true })),
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.each(clients.map((client, index) => ({ client, index, title: client({ url: 'http://127.0.0.1', key: 'k' }).title })))(
    'read every answer as it was recorded: $title',
    async ({ client: clientAt, index }) => {
      const client = clientAt({ url: gateway.url, key: keyOfClient(index) });
      const asked = fixtures.filter((fixture) => client.accepts?.(fixture) ?? true);
      expect((await Promise.all(asked.map((fixture) => failuresOf(client, fixture)))).flat()).toEqual([]);
      expect(receiptFailures(asked, await usageRowsOf(gateway, keyOfClient(index), asked.length))).toEqual([]);
    },
  );

  it('are paid for without a millipoint missing', async () => {
    await gateway.expectCleanLedger();
  });

  it('covers all four dialects, streamed and not', () => {
    const kinds = new Set(fixtures.map(({ dialect, stream }) => `${dialect} ${stream ? 'streamed' : 'whole'}`));
    expect(kinds.size).toBe(8);
  });
});
