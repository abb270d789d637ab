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
  let requestId: string;

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
    const { headers } = await rawCall({ url: gateway.url, key: keyOf('dev'), dialect: 'openai-chat', model: 'fixed' });
    requestId = headers.get('x-request-id') ?? '';
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
    expect(stdout).toMatch(/-10000 {2}fixed: 1 call, 0 failed/);
    expect(stdout).toMatch(/token:\S+:day:\S+: 10000 spent, 0 set aside/);
    expect(stdout).toContain('It adds up');
    const json = await gateway.command('ledger', 'explain', 'alice', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      balanceMillipoints: '40500500',
      explainedMillipoints: '40500500',
      calls: [{ model: 'fixed', costMillipoints: '10000000' }],
    });
  });

  it('books an adjustment of a reference once, and refuses another of the same reference', async () => {
    const adjust = (points: string) =>
      gateway.command('ledger', 'adjust', 'alice', points, '--reason', 'Ticket 7', '--reference', 'ticket-7');
    expect(await adjust('0.5')).toMatchObject({ exitCode: 0, stdout: 'Booked 0.5 points for alice (adjustment ticket-7).\n' });
    expect(await adjust('0.5')).toMatchObject({
      exitCode: 0,
      stdout: 'The adjustment ticket-7 was booked before, just so; nothing was changed.\n',
    });
    const differs = await adjust('0.6');
    expect([differs.exitCode, differs.stderr]).toEqual([
      1,
      'There is a booking adjustment ticket-7 already, with another amount, user or reason; nothing was booked.\n',
    ]);
  });

  it('gives back what a call was charged, once', async () => {
    const refund = (...more: readonly string[]) =>
      gateway.command('ledger', 'refund', requestId, '--reason', 'It answered nonsense', ...more);
    expect((await refund('--points', '10000.001')).stderr).toContain('was charged 10000 points, and no more can be given back.');
    expect(await refund('--points', '4000')).toMatchObject({ exitCode: 0, stdout: `Gave back 4000 points for call ${requestId}.\n` });
    expect((await refund('--points', '4000')).stdout).toContain('were given back before, just so; nothing was changed.');
    expect((await refund()).stderr).toContain('nothing was booked');
    expect((await gateway.command('ledger', 'refund', 'nothing', '--reason', 'x')).stderr).toContain(
      'There is no receipt of a call nothing.',
    );
    const { stdout } = await gateway.command('ledger', 'explain', 'alice');
    expect(stdout).toContain('alice owns 44501 points');
    expect(stdout).toContain(`+4000  refund  ${requestId}  "It answered nonsense"`);
    expect(stdout).toContain('It adds up');
    const shown = { cost: '10000', refund: { points: '4000', at: expect.any(String) } };
    const read = async (path: string): Promise<unknown> =>
      (await fetch(gateway.url + path, { headers: { authorization: `Bearer ${keyOf('dev')}` } })).json();
    expect(await read(`/api/usage/${requestId}`)).toMatchObject(shown);
    expect(await read('/api/usage')).toMatchObject({ items: [{ requestId, ...shown }] });
    await gateway.expectCleanLedger();
  });
});
