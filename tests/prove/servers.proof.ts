import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { millipointsOf } from '../support/points.js';
import { PrivatePostgres, whyNoPrivateServer } from '../support/private-postgres.js';
import { accountOf, allUsageRowsOf } from '../support/usage-rows.js';
import { proofOptions } from './proof-options.js';
import { ProofRecord } from './proof-record.js';

const key = keyOf('caller');
const startingPoints = 1_000_000_000;
const costOfCall = 30;
const callers = 20;
const stallMs = 30_000;

const why = whyNoPrivateServer() ?? (proofOptions.databases.includes('postgres') ? undefined : 'PostgreSQL was not chosen');
if (why !== undefined) console.warn(`The proof on private servers is left out: ${why}.`);

interface Tally {
  readonly statuses: Map<number, number>;
  over: boolean;
}

async function callOn(gateway: TestGateway, tally: Tally): Promise<void> {
  while (!tally.over) {
    const { status } = await rawCall({ url: gateway.url, key, dialect: 'openai-chat', model: 'quick' });
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    await wait(5);
  }
}

describe.skipIf(why !== undefined)('a PostgreSQL server that stands still for 30 seconds under load', () => {
  it('costs nobody money, and is over by itself', async () => {
    const record = new ProofRecord('servers', 'postgres', 'seconds of standstill');
    const upstream = await startScriptedUpstream();
    const server = await PrivatePostgres.start();
    const usage = { prompt_tokens: 10, completion_tokens: 20 };
    const gateway = await startGateway({
      environment: { DATABASE_URL: server.url() },
      apply: {
        models: [{ name: 'quick', modelRatio: 1, completionRatio: 1 }],
        channels: [chatChannel('quick', upstream.place('quick', answers({ usage, delayMs: 50 })), ['quick'])],
        users: [{ username: 'caller', password: 'a long enough password', points: startingPoints }],
        tokens: [{ name: 'caller', user: 'caller', key, unlimited: true }],
      },
    });
    try {
      const tally: Tally = { statuses: new Map(), over: false };
      const calling = Promise.all(Array.from({ length: callers }, () => callOn(gateway, tally)));
      await eventually('the load is on', () => (tally.statuses.get(200) ?? 0) > 10 * callers);
      server.freeze();
      record.fault('standstill');
      await wait(stallMs);
      server.thaw();
      const before = tally.statuses.get(200) ?? 0;
      await eventually('calls are served again', () => (tally.statuses.get(200) ?? 0) > before + callers, 60_000);
      tally.over = true;
      await calling;
      await eventually('every call is settled', async () => (await accountOf(gateway, key)).held === '0', 60_000);
      const served = tally.statuses.get(200) ?? 0;
      const paid = (await allUsageRowsOf(gateway, key)).filter(({ cost }) => cost !== '0');
      const { balance } = await accountOf(gateway, key);
      const { exitCode } = await gateway.command('verify-ledger');
      const violated = [
        ...(exitCode === 0 ? [] : ['verify-ledger is not clean']),
        ...(paid.length === served ? [] : [`${served} calls were served and ${paid.length} are paid`]),
        ...(millipointsOf(balance) === BigInt(startingPoints - served * costOfCall) * 1_000n ? [] : [`the balance is ${balance}`]),
        ...[...tally.statuses.keys()].filter((status) => status !== 200 && status !== 503).map((status) => `a caller was told ${status}`),
      ];
      for (const [status, count] of tally.statuses) record.figure(`answers ${status}`, String(count));
      record.tried(stallMs / 1_000, { checked: 3 + tally.statuses.size, violated }, 'npm run prove -- --only servers');
      record.sayProgress(stallMs / 1_000);
    } finally {
      server.thaw();
      await gateway.stop();
      await server.close();
      await upstream.close();
    }
    expect(record.end()).toEqual([]);
  });
});
