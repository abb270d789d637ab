import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { usageRowsOf } from '../support/usage-rows.js';

describe.each(databaseKinds)('tollgate ledger on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      database,
      apply: {
        models: [{ name: 'fixed', pricePerCall: 0.02 }],
        channels: [chatChannel('fixed', upstream.place('fixed', answers({})), ['fixed'])],
        users: [{ username: 'alice', password: 'a long enough password', points: 50_000 }],
        tokens: [{ name: 'dev', user: 'alice', key: keyOf('dev'), unlimited: true, spendCaps: { day: 40_000 } }],
      },
    });
    await rawCall({ url: gateway.url, key: keyOf('dev'), dialect: 'openai-chat', model: 'fixed' });
    await usageRowsOf(gateway, keyOf('dev'), 1);
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('adjusts a balance with a reason, while the gateway runs, and never below zero', async () => {
    expect(await gateway.command('ledger', 'adjust', 'alice', '1000.5', '--reason', 'An outage on Monday')).toMatchObject({ exitCode: 0 });
    expect(await gateway.command('ledger', 'adjust', 'alice', '-500', '--reason', 'Too much')).toMatchObject({ exitCode: 0 });
    const refused = await gateway.command('ledger', 'adjust', 'alice', '-40500.501', '--reason', 'All of it');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/never goes below zero/);
    expect((await gateway.command('ledger', 'adjust', 'alice', '5')).exitCode).toBe(2);
    expect((await gateway.command('ledger', 'adjust', 'nobody', '5', '--reason', 'x')).stderr).toContain('There is no user "nobody".');
    await gateway.expectCleanLedger();
  });

  it('explains where a balance comes from, as text and as JSON', async () => {
    const { stdout, exitCode } = await gateway.command('ledger', 'explain', 'alice');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('alice owns 40500.5 points, 0 of them set aside');
    expect(stdout).toMatch(/\+50000 {2}starting-balance/);
    expect(stdout).toMatch(/\+1000\.5 {2}adjustment {2}\S+ {2}"An outage on Monday"/);
    expect(stdout).toMatch(/-10000 {2}fixed: 1 calls, 0 failed/);
    expect(stdout).toMatch(/token:\S+:day:\S+: 10000 spent, 0 set aside/);
    expect(stdout).toContain('It adds up');
    const json = await gateway.command('ledger', 'explain', 'alice', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      balance: '40500500',
      explained: '40500500',
      calls: [{ model: 'fixed', cost: '10000000' }],
    });
  });
});
