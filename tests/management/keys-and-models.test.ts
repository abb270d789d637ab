import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type Behaviour, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Key {
  readonly id: string;
  readonly remark?: string;
  readonly served: number;
  readonly failed: number;
  readonly lastUsedAt?: string;
  readonly shut?: object;
}

interface Channel {
  readonly id: string;
  readonly health: { readonly models: Readonly<Record<string, object>> };
}

const goodKey = 'sk-good-0123456789-0123456789';
const badKey = 'sk-bad-0123456789-0123456789';
const calls = 6;

describe.each(databaseKinds)('keys and models of channels on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  let mending: Behaviour = refuses(503);

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const keyed = upstream.place('keyed', (request, response) => {
      const behaviour = request.headers.authorization === `Bearer ${badKey}` ? refuses(401) : answers();
      return behaviour(request, response);
    });
    gateway = await startGateway({
      database,
      apply: {
        models: pricedByTokens('keyed', 'm', 'n', 'vendor/o'),
        channels: [
          {
            name: 'keyed',
            provider: 'openai-compatible',
            config: { baseUrl: keyed },
            keys: [badKey, goodKey],
            keyOrder: 'in-turn',
            models: ['keyed'],
          },
          chatChannel(
            'mending',
            upstream.place('mending', (...parts) => mending(...parts)),
            ['m', 'n', 'vendor/o'],
          ),
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
        settings: {
          health: { autoDisableModels: true, failureThreshold: 1, recoveryMinutes: 600, coolDowns: false },
          relay: { channelWaitMaxMs: 0 },
        },
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = async (model: string): Promise<number> =>
    (await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model })).status;
  const channel = async (name: string): Promise<Channel> => {
    const { items } = await root.done<{ items: readonly Channel[] }>('GET', `/api/channels?name=${name}`);
    return items[0] as Channel;
  };
  const keys = async (): Promise<readonly Key[]> =>
    (await root.done<{ items: readonly Key[] }>('GET', `/api/channels/${(await channel('keyed')).id}/keys`)).items;

  it('tell what each key has served and failed, and when it was used last', async () => {
    expect(await keys()).toMatchObject([
      { served: 0, failed: 0 },
      { served: 0, failed: 0 },
    ]);
    for (let call = 0; call < calls; call += 1) expect(await ask('keyed')).toBe(200);
    const [bad, good] = await keys();
    expect(upstream.requestsTo('keyed')).toHaveLength(calls + (bad?.failed ?? 0));
    expect(bad).toMatchObject({ served: 0, lastUsedAt: expect.any(String) as string });
    expect(bad?.failed).toBeGreaterThan(0);
    expect(good).toMatchObject({ served: calls, failed: 0 });
  });

  it('keep the counters over a change of the channel and a restart, and begin anew with another key', async () => {
    const { id } = await channel('keyed');
    const before = await keys();
    await root.done('PATCH', `/api/channels/${id}`, { weight: 5 });
    await gateway.kill('SIGTERM');
    await gateway.start();
    expect((await keys()).map(({ served, failed }) => ({ served, failed }))).toEqual(
      before.map(({ served, failed }) => ({ served, failed })),
    );
    expect(await ask('keyed')).toBe(200);
    const [bad, good] = await keys();
    expect(good?.served).toBe(calls + 1);
    await root.done('PUT', `/api/channels/${id}/keys/${bad?.id}`, { key: 'sk-new-0123456789-0123456789' });
    const [replaced] = await keys();
    expect(replaced).toMatchObject({ served: 0, failed: 0 });
    expect(replaced).not.toHaveProperty('lastUsedAt');
  });

  it('let a remark be changed without another key', async () => {
    const { id } = await channel('keyed');
    const [, good] = await keys();
    const path = `/api/channels/${id}/keys/${good?.id}`;
    expect(await root.done('PATCH', path, { remark: 'the good one' })).toMatchObject({
      id: good?.id,
      remark: 'the good one',
      served: calls + 1,
    });
    expect((await keys())[1]).toMatchObject({ id: good?.id, remark: 'the good one' });
    expect(await ask('keyed')).toBe(200);
    await root.done('PATCH', path, { remark: null });
    expect((await keys())[1]).not.toHaveProperty('remark');
    expect(await root.ask('PATCH', `/api/channels/${id}/keys/nobody`, { remark: 'x' })).toMatchObject({
      status: 404,
      body: { code: 'channel_key_not_found' },
    });
    const { items } = await root.done<{ items: readonly { fields: readonly { to?: string }[] }[] }>(
      'GET',
      '/api/audit?kind=channel&name=keyed',
    );
    expect(items[1]?.fields[0]?.to).toMatch(/, the good one$/);
  });

  it('let a model be used again that failures have taken out', async () => {
    for (const model of ['m', 'n', 'vendor/o']) expect(await ask(model)).toBeGreaterThanOrEqual(500);
    const { id, health } = await channel('mending');
    expect(Object.keys(health.models).sort()).toEqual(['m', 'n', 'vendor/o']);
    mending = answers();
    expect(await ask('m')).toBe(503);
    const enable = (body: object) => root.done('POST', `/api/channels/${id}/model-batch`, { action: 'enable', ...body });
    expect(await enable({ models: ['vendor/o'] })).toEqual({ matched: 1, changed: 1 });
    expect([await ask('vendor/o'), await ask('m'), await ask('n')]).toEqual([200, 503, 503]);
    expect(await enable({})).toEqual({ matched: 2, changed: 2 });
    expect([await ask('m'), await ask('n')]).toEqual([200, 200]);
    expect(await enable({ models: ['m'] })).toEqual({ matched: 1, changed: 0 });
    expect((await channel('mending')).health.models).toEqual({});
    expect(await root.ask('POST', `/api/channels/${id}/model-batch`, { action: 'enable', models: ['other'] })).toMatchObject({
      status: 400,
      body: { code: 'invalid_channel', field: 'models.0' },
    });
    const { items } = await root.done<{ items: readonly object[] }>('GET', '/api/audit?kind=channel&name=mending&action=enable');
    expect(items).toHaveLength(3);
  });

  it('keep the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
