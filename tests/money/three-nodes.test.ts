import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import type { Variables } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';

const redisUrl = process.env['REDIS_URL_TEST'];
const clusters: readonly { readonly title: string; readonly variables: Variables }[] = [
  { title: 'on one PostgreSQL database', variables: {} },
  ...(redisUrl === undefined ? [] : [{ title: 'that share a Redis, too', variables: { REDIS_URL: redisUrl } }]),
];
const clients = 1_000;
const key = keyOf('spender');
/** One dollar. */
const startingPoints = 500_000;
/** (10 + 190) tokens at ratio 5; what is set aside before is more, since the caller may get 400. */
const costOfCall = 1_000;

describe.skipIf(!databaseKinds.includes('postgres')).each(clusters)('three nodes $title', ({ variables }) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: readonly TestGateway[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that all nodes share with each other', ...variables };
    const usage = { prompt_tokens: 10, completion_tokens: 190 };
    const first = await startGateway({
      environment,
      apply: {
        models: [{ name: 'metered', modelRatio: 5, completionRatio: 1 }],
        channels: [chatChannel('metered', upstream.place('metered', answers({ delayMs: 20, usage })), ['metered'])],
        users: [{ username: 'spender', password: 'a long enough password', points: startingPoints }],
        tokens: [{ name: 'spender', user: 'spender', key, unlimited: true, limits: { requestsPerMinute: 100 * clients } }],
      },
    });
    nodes = [first, ...(await Promise.all([1, 2].map(() => startGateway({ environment }))))];
  });

  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  it('take of one dollar, from many clients at once, no more than it is, and exactly what the receipts say', async () => {
    const body = JSON.stringify({ model: 'metered', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 400 });
    const answered = await Promise.all(
      Array.from({ length: clients }, (_, index) =>
        rawCall({ url: (nodes[index % nodes.length] as TestGateway).url, key, dialect: 'openai-chat', model: 'metered', body }),
      ),
    );
    const outcomes = new Map<string, number>();
    for (const answer of answered) {
      const outcome = answer.status === 200 ? 'ok' : `${answer.status} ${readError('openai-chat', answer.status, answer.json()).code}`;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const [node] = nodes as [TestGateway];
    await eventually('every call is settled', async () => (await accountOf(node, key)).held === '0');
    const receipts = await allUsageRowsOf(node, key);
    const served = outcomes.get('ok') ?? 0;
    const captured = BigInt(startingPoints) * 1_000n - millipointsOf((await accountOf(node, key)).balance);
    expect([...outcomes.keys()].toSorted()).toEqual(['402 insufficient_quota', 'ok']);
    expect(receipts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(served);
    expect(captured).toBe(receipts.reduce((sum, { cost }) => sum + millipointsOf(cost), 0n));
    expect(captured).toBe(BigInt(served * costOfCall) * 1_000n);
    expect(captured).toBeLessThanOrEqual(BigInt(startingPoints) * 1_000n);
    // All that can be held of a dollar was used, or little is left.
    expect(served).toBeGreaterThan(200);
    await node.expectCleanLedger();
  });
});
