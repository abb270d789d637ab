import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, pricedByTokens } from '../support/apply-document.js';
import type { Variables } from '../support/command.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const limit = 100;
const minuteMs = 60_000;
const redisUrl = process.env['REDIS_URL_TEST'];
const places: readonly { readonly place: string; readonly variables: Variables }[] = [
  { place: 'in PostgreSQL', variables: {} },
  ...(redisUrl === undefined ? [] : [{ place: 'in Redis', variables: { REDIS_URL: redisUrl } }]),
];

describe.skipIf(!databaseKinds.includes('postgres')).each(places)('limits of three nodes that count $place', ({ place, variables }) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: readonly TestGateway[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that the nodes share with each other', ...variables };
    const token = (name: string, limits: Readonly<Record<string, number>>) => ({
      name,
      user: 'alice',
      key: keyOf(name),
      unlimited: true,
      limits,
    });
    const first = await startGateway({
      environment,
      apply: {
        models: pricedByTokens('fast', 'slow'),
        channels: [
          chatChannel('fast', upstream.place('fast', answers({})), ['fast']),
          chatChannel('slow', upstream.place('slow', answers({ text: 'word ', chunks: 200, chunkDelayMs: 50 })), ['slow']),
        ],
        users: [alice],
        tokens: [
          token('storm', { requestsPerMinute: limit }),
          token('lonely', { requestsPerMinute: limit }),
          token('parallel', { concurrentCalls: 4 }),
        ],
        settings: { ledger: { nodeLeaseMs: 5_000 } },
      },
    });
    nodes = [first, ...(await Promise.all([startGateway({ environment }), startGateway({ environment })]))];
  });

  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  /** The windows are those of the database's clock: waits until the present minute is long enough for the test. */
  async function earlyInAMinute(): Promise<void> {
    const leftMs = async (): Promise<number> => {
      const [now] = await query('select (extract(epoch from clock_timestamp()) * 1000)::bigint as value');
      return minuteMs - (Number(now) % minuteMs);
    };
    await eventually('a new minute has begun', async () => (await leftMs()) > minuteMs / 2, minuteMs);
  }

  async function query(statement: string): Promise<readonly unknown[]> {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<{ value: unknown }>(statement)).rows.map(({ value }) => value);
    } finally {
      await client.end();
    }
  }

  const outcomesOf = async (name: string, calls: number, nodeOf: (call: number) => number): Promise<readonly string[]> =>
    Promise.all(
      Array.from({ length: calls }, async (_, call) => {
        const url = nodes[nodeOf(call)]?.url ?? '';
        const answer = await rawCall({ url, key: keyOf(name), dialect: 'openai-chat', model: 'fast' });
        return answer.status === 200 ? 'ok' : readError('openai-chat', answer.status, answer.json()).code;
      }),
    );

  it(`let ${limit} a minute through and not ${3 * limit}`, { timeout: 2 * minuteMs }, async () => {
    await earlyInAMinute();
    const outcomes = await outcomesOf('storm', 3 * limit, (call) => call % 3);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(limit);
    expect(outcomes.filter((outcome) => outcome === 'key_request_limit')).toHaveLength(2 * limit);
    expect(await query('select count(*)::int as value from limit_windows')).toEqual([place === 'in Redis' ? 0 : 1]);
  });

  it('let all of them through where one node gets all traffic', { timeout: 2 * minuteMs }, async () => {
    await earlyInAMinute();
    const outcomes = await outcomesOf('lonely', limit + 20, () => 2);
    expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(limit);
  });

  // Permits are in PostgreSQL in either case.
  if (place === 'in Redis') return;

  it('bound the calls at the same time, and free those of a killed node', { timeout: minuteMs }, async () => {
    const begin = (node: number) =>
      rawCall({ url: nodes[node]?.url ?? '', key: keyOf('parallel'), dialect: 'openai-chat', model: 'slow', stream: true }).catch(
        () => undefined,
      );
    const running = [begin(0), begin(0), begin(0), begin(1)];
    await eventually('four calls run', () => upstream.requestsTo('slow').length === 4);
    const refused = await rawCall({ url: nodes[2]?.url ?? '', key: keyOf('parallel'), dialect: 'openai-chat', model: 'fast' });
    expect(readError('openai-chat', refused.status, refused.json()).code).toBe('key_concurrency_limit');
    await nodes[0]?.kill('SIGKILL');
    await eventually(
      'the permits of the killed node are free',
      async () => {
        const answer = await rawCall({ url: nodes[2]?.url ?? '', key: keyOf('parallel'), dialect: 'openai-chat', model: 'fast' });
        return answer.status === 200;
      },
      40_000,
    );
    await Promise.all(running);
  });
});
