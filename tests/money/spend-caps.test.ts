import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf, type SpendCapsEntry } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf } from '../support/usage-rows.js';

const password = 'a long enough password';
const calls = 120;
const affordable = 30;
/** 0.02 dollars at 500,000 points a dollar. */
const pointsPerCall = 10_000;
const points = 10 * calls * pointsPerCall;
const capped = affordable * pointsPerCall;

const caps: readonly { readonly by: string; readonly user?: SpendCapsEntry; readonly token?: SpendCapsEntry; readonly said: RegExp }[] = [
  { by: 'token-day', token: { day: capped, month: points }, said: /daily spend cap of this token/ },
  { by: 'token-month', token: { month: capped }, said: /monthly spend cap of this token/ },
  { by: 'user-day', user: { day: capped }, token: { day: points }, said: /daily spend cap of the user/ },
  { by: 'user-month', user: { day: points, month: capped }, said: /monthly spend cap of the user/ },
];
const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;

describe.each(databaseKinds)('spend caps on %s', (kind) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase | undefined;
  let nodes: TestGateway[] = [];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    database = kind === 'postgres' ? await createOwnDatabase() : undefined;
    const environment =
      database === undefined ? {} : { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const first = await startGateway({
      environment,
      apply: {
        models: [{ name: 'fixed', pricePerCall: 0.02 }],
        channels: [chatChannel('fixed', upstream.place('fixed', answers({ delayMs: 20 })), ['fixed'])],
        users: [
          ...caps.map(({ by, user }) => ({ username: by, password, points, ...(user === undefined ? {} : { spendCaps: user }) })),
          { username: 'poor', password, points, spendCaps: { day: 1 } },
        ],
        tokens: [
          ...caps.map(({ by, token }) => ({
            name: by,
            user: by,
            key: keyOf(by),
            unlimited: true,
            ...(token === undefined ? {} : { spendCaps: token }),
          })),
          { name: 'poor', user: 'poor', key: keyOf('poor'), unlimited: true },
        ],
      },
    });
    nodes = database === undefined ? [first] : [first, await startGateway({ environment })];
  });

  afterAll(async () => {
    for (const node of nodes) await node.stop();
    await upstream?.close();
    await database?.drop();
  });

  it.each(caps)('let every node together serve what $by allows, and not one call more', async ({ by, said }) => {
    const key = keyOf(by);
    const answered = await Promise.all(
      Array.from({ length: calls }, (_, index) =>
        rawCall({ url: nodes[index % nodes.length]?.url ?? '', key, dialect: 'openai-chat', model: 'fixed' }),
      ),
    );
    const refused = answered.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(calls - affordable);
    for (const { status, json, headers } of refused) {
      const { code, message } = readError('openai-chat', status, json());
      expect({ status, code, retryAfter: Number(headers.get('retry-after')) > 0 }).toEqual({
        status: 402,
        code: 'spend_cap_reached',
        retryAfter: true,
      });
      expect(message).toMatch(said);
    }
    await eventually('every call is settled', async () => (await accountOf(nodes[0] as TestGateway, key)).held === '0');
    expect(millipointsOf((await accountOf(nodes[0] as TestGateway, key)).balance)).toBe(BigInt(points - capped) * 1_000n);
  });

  it.each(dialects)('are told in the words of %s', async (dialect) => {
    const answer = await rawCall({ url: nodes[0]?.url ?? '', key: keyOf('poor'), dialect, model: 'fixed' });
    const { code, message } = readError(dialect, answer.status, answer.json());
    expect(code).toBe('spend_cap_reached');
    expect(message).toMatch(/daily spend cap of the user of this token is 1 points.*renews at \d{4}-\d\d-\d\dT/);
  });

  it('add up', async () => {
    await nodes[0]?.expectCleanLedger();
  });
});
