import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type Behaviour, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Channel {
  readonly id: string;
  readonly config: object;
  readonly keyCount: number;
  readonly configKey?: { readonly id: string; readonly served: number; readonly failed: number };
}

describe.each(databaseKinds)('the key in the configuration of a channel on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  let behaviour: Behaviour = answers();

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const place = (name: string): string => upstream.place(name, (...parts) => behaviour(...parts));
    gateway = await startGateway({
      database,
      apply: {
        models: pricedByTokens('m', 'n'),
        channels: [
          chatChannel('plain', place('plain'), ['m']),
          { name: 'listed', provider: 'openai-compatible', config: { baseUrl: place('listed') }, keys: [keyOf('listed')], models: ['n'] },
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = async (): Promise<number> =>
    (await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'm' })).status;
  const channel = async (name = 'plain'): Promise<Channel> => {
    const { items } = await root.done<{ items: readonly Channel[] }>('GET', `/api/channels?name=${name}`);
    return root.done('GET', `/api/channels/${items[0]?.id}`);
  };
  const batch = async (body: object) => root.ask('POST', `/api/channels/${(await channel()).id}/key-batch`, body);

  it('is shown with what it has served, and stands for no list', async () => {
    expect(await ask()).toBe(200);
    const plain = await channel();
    expect(plain).toMatchObject({
      keyCount: 0,
      configKey: { id: plain.id, served: 1, failed: 0, lastUsedAt: expect.any(String) as string },
    });
    expect(plain.configKey).not.toHaveProperty('shut');
    expect(await channel('listed')).not.toHaveProperty('configKey');
  });

  it('is shown with why it is not used, and until when', async () => {
    behaviour = refuses(402);
    await ask();
    expect(await channel()).toMatchObject({
      health: { keys: 1 },
      configKey: {
        served: 1,
        failed: 1,
        shut: { state: 'open', reason: 'refused', lastCode: 'scripted', until: expect.stringMatching(/^\d{4}-.*Z$/) as string },
      },
    });
    expect(JSON.stringify(await channel())).not.toContain(upstreamKey);
  });

  it('is enabled again by the id of its channel, and by being one that fails', async () => {
    const { id } = await channel();
    behaviour = answers();
    expect(await ask()).toBe(503);
    expect(await batch({ ids: ['another'], action: 'enable' })).toMatchObject({ status: 200, body: { matched: 0, changed: 0 } });
    expect(await batch({ ids: [id], action: 'enable' })).toMatchObject({ status: 200, body: { matched: 1, changed: 1 } });
    expect((await channel()).configKey).not.toHaveProperty('shut');
    expect(await ask()).toBe(200);
    expect(await batch({ state: 'failing', action: 'enable' })).toMatchObject({ body: { matched: 0 } });
    behaviour = refuses(401);
    await ask();
    expect(await channel()).toMatchObject({ configKey: { shut: { state: 'disabled', reason: 'status' } } });
    behaviour = answers();
    expect(await batch({ state: 'failing', action: 'enable' })).toMatchObject({ body: { matched: 1, changed: 1 } });
    expect(await ask()).toBe(200);
    const { items } = await root.done<{ items: readonly { fields: readonly object[] }[] }>('GET', '/api/audit?name=plain&action=enable');
    const enabled = [{ field: `keys.${id}`, to: 'the key in config, well' }];
    expect(items.map(({ fields }) => fields)).toEqual([enabled, enabled]);
  });

  it('goes with its channel otherwise', async () => {
    const { id } = await channel();
    for (const action of ['disable', 'delete'])
      expect(await batch({ ids: [id], action })).toMatchObject({ status: 400, body: { code: 'invalid_channel', field: 'action' } });
    expect(await ask()).toBe(200);
  });

  it('keeps its counters until there is another', async () => {
    const { id, config, configKey } = await channel();
    await root.done('PATCH', `/api/channels/${id}`, { weight: 7 });
    expect((await channel()).configKey).toEqual(configKey);
    await root.done('PATCH', `/api/channels/${id}`, { config: { ...config, apiKey: keyOf('another') } });
    expect((await channel()).configKey).toEqual({ id, served: 0, failed: 0 });
    await root.done('POST', `/api/channels/${id}/keys`, { keys: [keyOf('second')] });
    expect(await channel()).toMatchObject({ keyCount: 2 });
    expect(await channel()).not.toHaveProperty('configKey');
  });
});
