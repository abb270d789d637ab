import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream, streamsForever } from '../replay/scripted-upstream.js';
import { rawCall, rawFetch } from '../relay/raw-call.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

describe.each(databaseKinds)('/metrics on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let admin: ManagementClient;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const good = upstream.place('good', answers({ usage: { prompt_tokens: 100, completion_tokens: 20 } }));
    const bad = upstream.place('bad', refuses(401));
    const endless = upstream.place('endless', streamsForever({ chunkDelayMs: 20 }));
    gateway = await startGateway({
      database,
      apply: {
        models: pricedByTokens('chat', 'long'),
        channels: [
          chatChannel('bad "one"', bad, ['chat'], { priority: 1 }),
          chatChannel('good', good, ['chat']),
          chatChannel('endless', endless, ['long']),
        ],
        users: [alice, { username: 'boss', role: 'admin' }],
        tokens: [openToken],
      },
    });
    admin = await ManagementClient.of(gateway, 'boss');
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  /** Series → its value. */
  async function figures(): Promise<ReadonlyMap<string, number>> {
    const { status, contentType, body } = await admin.ask('GET', '/metrics');
    expect([status, contentType]).toEqual([200, 'text/plain']);
    const lines = String(body)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  }

  it('count calls, attempts, tokens, points, batches and circuits', async () => {
    const call = { url: gateway.url, key: openToken.key, dialect: 'openai-chat' };
    await rawCall({ ...call, model: 'chat' });
    await rawCall({ ...call, model: 'chat', stream: true });
    await rawCall({ ...call, model: 'nobody-has-it' });
    await eventually(
      'both are settled',
      async () => (await figures()).get('tollgate_calls_total{dialect="openai-chat",outcome="ok"}') === 2,
    );
    const found = await figures();
    expect(Object.fromEntries(found)).toMatchObject({
      'tollgate_requests_total{dialect="openai-chat",status="200"}': 2,
      'tollgate_requests_total{dialect="openai-chat",status="503"}': 1,
      'tollgate_call_seconds_count{dialect="openai-chat"}': 2,
      'tollgate_first_byte_seconds_count{dialect="openai-chat"}': 2,
      tollgate_overhead_seconds_count: 2,
      'tollgate_attempts_total{channel="bad \\"one\\"",result="failed"}': 1,
      'tollgate_attempts_total{channel="good",result="answered"}': 2,
      'tollgate_tokens_total{bucket="inputText"}': 200,
      'tollgate_tokens_total{bucket="outputText"}': 40,
      'tollgate_circuits{of="key",state="disabled"}': 1,
      tollgate_open_requests: 0,
      tollgate_open_streams: 0,
      tollgate_holds: 0,
      tollgate_held_points: 0,
      tollgate_ledger_batch_failures_total: 0,
    });
    expect(found.get('tollgate_ledger_batch_operations_sum')).toBeGreaterThanOrEqual(4);
    expect(found.get('tollgate_charged_points_total')).toBeGreaterThan(0);
    expect(found.has('nodejs_eventloop_lag_seconds')).toBe(true);
  });

  it('tell what is open now, and for how much', async () => {
    const leaving = new AbortController();
    const answer = await rawFetch({
      url: gateway.url,
      key: openToken.key,
      dialect: 'openai-chat',
      model: 'long',
      stream: true,
      signal: leaving.signal,
    });
    const found = await figures();
    expect([found.get('tollgate_open_requests'), found.get('tollgate_open_streams'), found.get('tollgate_holds')]).toEqual([1, 1, 1]);
    expect(found.get('tollgate_held_points')).toBeGreaterThan(0);
    leaving.abort();
    await answer.text().catch(() => undefined);
    await eventually('nothing is open', async () => {
      const now = await figures();
      return now.get('tollgate_open_streams') === 0 && now.get('tollgate_holds') === 0;
    });
    expect((await figures()).get('tollgate_calls_total{dialect="openai-chat",outcome="aborted"}')).toBe(1);
  });

  it('are for those who may see them, and say so in problem details', async () => {
    expect(await new ManagementClient(gateway).ask('GET', '/metrics')).toMatchObject({ status: 401, body: { code: 'missing_api_key' } });
    expect(await (await ManagementClient.of(gateway, 'alice')).ask('GET', '/metrics')).toMatchObject({
      status: 403,
      contentType: 'application/problem+json',
      body: { code: 'permission_denied' },
    });
    expect((await new ManagementClient(gateway, openToken.key).ask('GET', '/metrics')).status).toBe(403);
  });

  it('have no key in them', async () => {
    const { body } = await admin.ask('GET', '/metrics');
    expect(body).not.toContain('sk-');
    expect(body).not.toContain('alice');
  });
});
