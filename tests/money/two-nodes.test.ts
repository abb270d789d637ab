import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';

const password = 'a long enough password';
const calls = 400;
const affordable = 100;
/** 0.02 dollars at 500,000 points a dollar. */
const pointsPerCall = 10_000;
const streamsPerNode = 30;
const startingPoints = 1_000_000_000;

const limits = [
  { by: 'the balance of a user', key: keyOf('wallet'), code: 'insufficient_quota' },
  { by: 'the budget of a token', key: keyOf('budget'), code: 'token_quota_exhausted' },
] as const;

describe.skipIf(!databaseKinds.includes('postgres'))('two nodes on one PostgreSQL database', () => {
  const streamKey = keyOf('listener');
  let upstream: ScriptedUpstream;
  let database: OwnDatabase;
  let nodes: readonly [TestGateway, TestGateway];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = await createOwnDatabase();
    const environment = { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const usage = { prompt_tokens: 100, completion_tokens: 100 };
    const first = await startGateway({
      environment,
      apply: {
        models: [
          { name: 'fixed', pricePerCall: 0.02 },
          { name: 'long', modelRatio: 1, completionRatio: 2 },
        ],
        channels: [
          chatChannel('fixed', upstream.place('fixed', answers({ delayMs: 20 })), ['fixed']),
          chatChannel('long', upstream.place('long', answers({ text: 'word ', chunks: 60, chunkDelayMs: 50, usage })), ['long']),
        ],
        users: [
          { username: 'spender', password, points: affordable * pointsPerCall },
          { username: 'saver', password, points: 10 * calls * pointsPerCall },
          { username: 'listener', password, points: startingPoints },
        ],
        tokens: [
          { name: 'wallet', user: 'spender', key: keyOf('wallet'), unlimited: true },
          { name: 'budget', user: 'saver', key: keyOf('budget'), points: affordable * pointsPerCall },
          { name: 'listener', user: 'listener', key: streamKey, unlimited: true },
        ],
        settings: { ledger: { nodeLeaseMs: 10_000 } },
      },
    });
    nodes = [first, await startGateway({ environment })];
  });

  afterAll(async () => {
    for (const node of nodes ?? []) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  it.each(limits)('serve together exactly what $by pays for', async ({ key, code }) => {
    const before = await accountOf(nodes[0], key);
    const answered = await Promise.all(
      Array.from({ length: calls }, (_, index) =>
        rawCall({ url: nodes[index % 2 === 0 ? 0 : 1].url, key, dialect: 'openai-chat', model: 'fixed' }),
      ),
    );
    const outcomes = answered.map((answer) =>
      answer.status === 200 ? 'ok' : `${answer.status} ${readError('openai-chat', answer.status, answer.json()).code}`,
    );
    expect(outcomes.toSorted()).toEqual([
      ...Array.from({ length: calls - affordable }, () => `402 ${code}`),
      ...Array.from({ length: affordable }, () => 'ok'),
    ]);
    await eventually('every call is settled', async () => (await accountOf(nodes[1], key)).held === '0');
    const after = await accountOf(nodes[1], key);
    expect(millipointsOf(before.balance) - millipointsOf(after.balance)).toBe(BigInt(affordable * pointsPerCall) * 1_000n);
    await nodes[0].expectCleanLedger();
  });

  it('end the holds of a killed node once, and leave the streams of the living one alone', async () => {
    const streams = nodes.flatMap((node) =>
      Array.from({ length: streamsPerNode }, () =>
        rawCall({ url: node.url, key: streamKey, dialect: 'openai-chat', model: 'long', stream: true }).then(
          (answer) => answer.body.toString('utf8').includes('[DONE]'),
          () => false,
        ),
      ),
    );
    await eventually('all streams are at the upstream', () => upstream.requestsTo('long').length === 2 * streamsPerNode);
    await nodes[0].kill('SIGKILL');
    const ended = await Promise.all(streams);
    expect(ended.filter(Boolean)).toHaveLength(streamsPerNode);
    await eventually('no hold is left open', async () => (await accountOf(nodes[1], streamKey)).held === '0', 60_000);

    const rows = await allUsageRowsOf(nodes[1], streamKey);
    expect(rows.filter(({ outcome, cost }) => outcome === 'ok' && cost === '300')).toHaveLength(streamsPerNode);
    expect(rows.filter(({ outcome, policy, cost }) => `${outcome} ${policy} ${cost}` === 'lost swept-release 0')).toHaveLength(
      streamsPerNode,
    );
    const { balance } = await accountOf(nodes[1], streamKey);
    expect(millipointsOf(balance)).toBe(BigInt(startingPoints - streamsPerNode * 300) * 1_000n);
    await nodes[1].expectCleanLedger();
  });
});
