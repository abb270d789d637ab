import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';

const calls = 500;
const affordable = 100;
/** 0.02 dollars at 500,000 points a dollar. */
const pointsPerCall = 10_000;
const password = 'a long enough password';

const limits = [
  { by: 'the budget of a token', key: keyOf('budget'), code: 'token_quota_exhausted' },
  { by: 'the balance of a user', key: keyOf('wallet'), code: 'insufficient_quota' },
] as const;

describe.each(databaseKinds)('500 calls at once on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      database,
      apply: {
        models: [{ name: 'fixed', pricePerCall: 0.02 }],
        channels: [chatChannel('fixed', upstream.place('fixed', answers({ delayMs: 20 })), ['fixed'])],
        users: [
          { username: 'saver', password, points: 10 * calls * pointsPerCall },
          { username: 'spender', password, points: affordable * pointsPerCall },
        ],
        tokens: [
          { name: 'budget', user: 'saver', key: keyOf('budget'), points: affordable * pointsPerCall },
          { name: 'wallet', user: 'spender', key: keyOf('wallet'), unlimited: true },
        ],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.each(limits)('are served until $by is used up, and not one more', async ({ key, code }) => {
    const before = await accountOf(gateway, key);
    const askedBefore = upstream.requests.length;
    const observed: bigint[] = [];
    const watching = setInterval(() => {
      void accountOf(gateway, key).then(({ balance, held }) => observed.push(millipointsOf(balance) - millipointsOf(held)));
    }, 50);
    const answered = await Promise.all(
      Array.from({ length: calls }, () => rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'fixed' })),
    );
    clearInterval(watching);
    const codes = answered.map((answer) => {
      if (answer.status === 200) return 'ok';
      return `${answer.status} ${readError('openai-chat', answer.status, answer.json()).code}`;
    });
    expect(codes.filter((outcome) => outcome === 'ok')).toHaveLength(affordable);
    expect(codes.filter((outcome) => outcome === `402 ${code}`)).toHaveLength(calls - affordable);
    expect(upstream.requests.length - askedBefore).toBe(affordable);
    await usageRowsOf(gateway, key, affordable);
    const after = await accountOf(gateway, key);
    expect(millipointsOf(before.balance) - millipointsOf(after.balance)).toBe(BigInt(affordable * pointsPerCall) * 1_000n);
    expect(after.held).toBe('0');
    expect(observed.filter((free) => free < 0n)).toEqual([]);
  });

  it('add up', async () => {
    await gateway.expectCleanLedger();
  });
});
