import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Channel {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly config: object;
  readonly secrets: readonly string[];
  readonly keyCount: number;
  readonly models: readonly string[];
  readonly enabled: boolean;
  readonly options: { readonly tag?: string };
  readonly health: { readonly keys: number };
}

interface Key {
  readonly id: string;
  readonly hint: string;
  readonly enabled: boolean;
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

const config = { baseUrl: 'https://api.example.com/v1' };
const secretOf = (name: string): string => `sk-${name}-${'0123456789'.repeat(3)}-${name}`;

describe.each(databaseKinds)('channels over the management API on %s', (database) => {
  let gateway: TestGateway;
  let admin: ManagementClient;

  beforeAll(async () => {
    gateway = await startGateway({ database, apply: { groups: { vip: {} }, users: [{ username: 'admin', role: 'admin' }] } });
    admin = await ManagementClient.of(gateway, 'admin');
  });
  afterAll(() => gateway?.stop());

  const create = async (fields: object): Promise<readonly Channel[]> =>
    (await admin.done<{ channels: readonly Channel[] }>('POST', '/api/channels', { provider: 'openai-compatible', config, ...fields }))
      .channels;
  const names = async (query: string): Promise<readonly string[]> =>
    (await admin.done<Page<Channel>>('GET', `/api/channels?${query}`)).items.map(({ name }) => name);

  it('are created, alone or one for each key, all or none', async () => {
    const [plain] = await create({ name: 'plain', config: { ...config, apiKey: secretOf('plain') }, models: ['m1'] });
    expect(plain).toMatchObject({ name: 'plain', config, secrets: ['apiKey'], enabled: true, keyCount: 0 });
    expect(await admin.done('GET', `/api/channels/${plain?.id}`), 'as it was told').toEqual(plain);
    const keys = `${secretOf('a')}\n\n ${secretOf('b')} \n${secretOf('a')}`;
    const each = await create({ name: 'each', keys, channelPerKey: true, models: ['m1', 'm2'], tag: 'eu', priority: 2 });
    expect(each.map(({ name, keyCount }) => [name, keyCount])).toEqual([
      ['each 1', 1],
      ['each 2', 1],
    ]);
    const taken = { provider: 'openai-compatible', config, name: 'each', keys: [secretOf('c')], channelPerKey: true, models: ['m1'] };
    expect(await admin.ask('POST', '/api/channels', taken)).toMatchObject({ status: 409, body: { code: 'channel_name_taken' } });
    const wrong = { name: 'wrong', provider: 'openai-compatible', config: { ...config, apyKey: 'x' }, models: ['m1'], groups: ['vip'] };
    expect(await admin.ask('POST', '/api/channels', wrong)).toMatchObject({
      status: 400,
      body: { code: 'invalid_channel', field: 'config.apyKey' },
    });
    const unknownGroup = { name: 'wrong', provider: 'openai-compatible', config, keys: [secretOf('c')], models: ['m1'], groups: ['gold'] };
    expect(await admin.ask('POST', '/api/channels', unknownGroup)).toMatchObject({
      status: 400,
      body: { code: 'invalid_channel', field: 'groups.0' },
    });
  });

  it('are found by what they are, in an order, page by page', async () => {
    await create({ name: 'many', keys: [secretOf('x'), secretOf('y')], models: ['m%3', 'm2'], groups: ['vip'], weight: 7, tag: 'us' });
    expect(await names('name=EACH')).toEqual(['each 1', 'each 2']);
    expect(await names('name=%25')).toEqual([]);
    expect(await names('model=m2')).toEqual(['each 1', 'each 2', 'many']);
    expect(await names('model=m')).toEqual([]);
    expect(await names(`model=${encodeURIComponent('m%3')}`)).toEqual(['many']);
    expect(await names('group=vip')).toEqual(['many']);
    expect(await names('tag=eu')).toEqual(['each 1', 'each 2']);
    expect(await names('keyHint=sk-x')).toEqual(['many']);
    expect(await names(`keyHint=${secretOf('y')}`), 'a whole key').toEqual(['many']);
    expect(await names(`keyHint=${secretOf('plain')}`), 'in the configuration').toEqual(['plain']);
    expect(await names(`keyHint=${secretOf('nobody')}`)).toEqual([]);
    expect(await names('keyHint=sk-p')).toEqual(['plain']);
    expect(await names('keyHint=sk-plain'), 'of which four are compared').toEqual(['plain']);
    expect(await names('provider=openai-compatible&state=disabled')).toEqual([]);
    expect(await names('state=failing')).toEqual([]);
    expect(await names('sort=priority&order=desc&name=each')).toHaveLength(2);
    for (const sort of ['name', 'priority', 'weight', 'createdAt']) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const page = await admin.done<Page<Channel>>('GET', `/api/channels?limit=1&sort=${sort}${cursor}`);
        seen.push(...page.items.map(({ name }) => name));
        cursor = page.next === undefined ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      expect(seen.sort(), sort).toEqual(['each 1', 'each 2', 'many', 'plain']);
    }
    expect(await admin.done('GET', '/api/channel-tags')).toEqual({
      items: [
        { tag: 'eu', channels: 2, enabled: 2 },
        { tag: 'us', channels: 1, enabled: 1 },
      ],
    });
    const firstTag = await admin.done<Page<object>>('GET', '/api/channel-tags?limit=1');
    expect(firstTag.items).toEqual([{ tag: 'eu', channels: 2, enabled: 2 }]);
    expect(await admin.done('GET', `/api/channel-tags?limit=1&cursor=${firstTag.next}`)).toEqual({
      items: [{ tag: 'us', channels: 1, enabled: 1 }],
    });
  });

  it('are changed field by field, unless somebody else was first; secrets that are not named stay', async () => {
    const [plain] = (await admin.done<Page<Channel>>('GET', '/api/channels?name=plain')).items;
    const path = `/api/channels/${plain?.id}`;
    const changed = await admin.done<Channel>('PATCH', path, {
      version: plain?.version,
      config: { baseUrl: 'https://api.example.org/v1' },
      tag: 'eu',
      weight: 3,
    });
    expect(changed).toMatchObject({ config: { baseUrl: 'https://api.example.org/v1' }, secrets: ['apiKey'], options: { tag: 'eu' } });
    expect(await admin.ask('PATCH', path, { version: plain?.version, weight: 4 })).toMatchObject({
      status: 409,
      body: { code: 'channel_changed' },
    });
    expect(await admin.ask('DELETE', `${path}?version=${plain?.version}`)).toMatchObject({ status: 409 });
    const back = await admin.done<Channel>('PATCH', path, { tag: null, weight: null, name: 'renamed' });
    expect(back).toMatchObject({ name: 'renamed', weight: 1 });
    expect(back.options).not.toHaveProperty('tag');
    expect(await admin.ask('PATCH', path, { name: 'many' })).toMatchObject({ status: 409, body: { code: 'channel_name_taken' } });
    expect(await admin.ask('PATCH', path, { models: null })).toMatchObject({ status: 400, body: { field: 'models' } });
    const audit = await admin.done<Page<{ action: string; fields: unknown }>>('GET', '/api/audit?kind=channel&name=plain');
    expect(audit.items[0]?.fields).toEqual([
      { field: 'weight', from: '3', to: '1' },
      { field: 'tag', from: 'eu' },
      { field: 'name', to: 'renamed' },
    ]);
  });

  it('are made for each key only where there are keys', async () => {
    for (const keys of ['', ' \n\n', [], undefined]) {
      const withoutKeys = { name: 'none', provider: 'openai-compatible', config: { ...config, apiKey: secretOf('d') }, models: ['m1'] };
      expect(await admin.ask('POST', '/api/channels', { ...withoutKeys, channelPerKey: true, keys })).toMatchObject({
        status: 400,
        body: { code: 'invalid_parameter', field: 'keys' },
      });
    }
    expect(await names('name=none')).toEqual([]);
  });

  it('are copied with their keys, and deleted', async () => {
    const [many] = (await admin.done<Page<Channel>>('GET', '/api/channels?name=many')).items;
    const copied = await admin.done<Channel>('POST', `/api/channels/${many?.id}/copy`, {});
    expect(copied).toMatchObject({ name: 'many copy', enabled: false, keyCount: 2, models: many?.models });
    expect(await admin.done('DELETE', `/api/channels/${copied.id}`)).toEqual({ deleted: copied.id });
    expect(await admin.ask('GET', `/api/channels/${copied.id}`)).toMatchObject({ status: 404, body: { code: 'channel_not_found' } });
  });

  it('are changed together by any filter', async () => {
    const batch = (filter: object, change: object) => admin.done('POST', '/api/channel-batch', { filter, change });
    expect(await batch({ tag: 'eu' }, { enabled: false, tag: 'old', addModels: ['m4'], removeModels: ['m1'] })).toEqual({
      matched: 2,
      changed: 2,
    });
    expect(await names('state=disabled')).toEqual(['each 1', 'each 2']);
    expect(await names('model=m4')).toEqual(['each 1', 'each 2']);
    expect(await batch({ keyHint: secretOf('a'), name: 'EACH' }, { enabled: false })).toEqual({ matched: 1, changed: 0 });
    expect(await admin.ask('POST', '/api/channel-batch/delete', { filter: { keyHint: 'sk-a-0' } }), 'more than was said').toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter', field: 'filter.keyHint' },
    });
    expect(await batch({ tag: 'old' }, { enabled: false })).toEqual({ matched: 2, changed: 0 });
    expect(await batch({ name: 'each', state: 'disabled' }, { enabled: true, groups: ['vip'], priority: -1, weight: 0 })).toMatchObject({
      changed: 2,
    });
    expect(await names('group=vip')).toEqual(['each 1', 'each 2', 'many']);
    expect(await admin.ask('POST', '/api/channel-batch', { filter: {}, change: { groups: ['gold'] } })).toMatchObject({ status: 400 });
    expect(await admin.ask('POST', '/api/channel-batch/delete', { filter: {} })).toMatchObject({ status: 400, body: { field: 'filter' } });
    const change = {
      spendCaps: { day: 12.5 },
      limits: { requestsPerMinute: 60 },
      proxy: 'socks5://proxy.example',
      timeouts: { idleMs: 9 },
    };
    expect(await batch({ tag: 'old' }, { ...change, addModelMapping: { m4: 'm-4' }, costRatio: 0.5 })).toEqual({ matched: 2, changed: 2 });
    const { items } = await admin.done<Page<Channel>>('GET', '/api/channels?tag=old');
    for (const channel of items)
      expect(channel).toMatchObject({
        modelMapping: { m4: 'm-4' },
        options: { spendCaps: { day: '12.5' }, limits: { requestsPerMinute: 60 }, timeouts: { idleMs: 9 }, costRatio: '0.5' },
        secrets: ['proxy'],
      });
    expect(await batch({ tag: 'old' }, { spendCaps: null, proxy: null, removeModelMapping: ['m4'] })).toEqual({ matched: 2, changed: 2 });
    const [taken] = (await admin.done<Page<Channel>>('GET', '/api/channels?tag=old')).items;
    expect(taken).toMatchObject({ modelMapping: {}, secrets: [], options: { limits: { requestsPerMinute: 60 } } });
    expect(taken?.options).not.toHaveProperty('spendCaps');
    const { items: told } = await admin.done<Page<{ fields: readonly object[] }>>('GET', '/api/audit?name=each%201&limit=1');
    expect(told[0]?.fields).toContainEqual({ field: 'spendCaps', from: '{"day":"12.5"}' });
    expect(JSON.stringify(told)).not.toContain('proxy.example');
    for (const wrong of [{ spendCaps: { day: -1 } }, { headers: [{ set: { host: 'x' } }] }, { timeouts: { idleMs: 0 } }, { name: 'x' }])
      expect(await admin.ask('POST', '/api/channel-batch', { filter: { tag: 'old' }, change: wrong })).toMatchObject({ status: 400 });
    expect(await admin.done('POST', '/api/channel-batch/delete', { filter: { tag: 'old' } })).toEqual({ matched: 2, changed: 2 });
    expect(await names('')).toEqual(['many', 'renamed']);
  });

  it('have keys that are added, disabled, enabled, replaced and deleted by their ids', async () => {
    const [many] = (await admin.done<Page<Channel>>('GET', '/api/channels?name=many')).items;
    const path = `/api/channels/${many?.id}/keys`;
    const batchPath = `/api/channels/${many?.id}/key-batch`;
    const keys = async (query = ''): Promise<readonly Key[]> => (await admin.done<Page<Key>>('GET', `${path}${query}`)).items;
    expect(await admin.done('POST', path, { keys: `${secretOf('z')}\n${secretOf('x')}` })).toEqual({ keyCount: 3 });
    const [x, y, z] = await keys();
    expect([x, y, z].map((key) => key?.hint)).toEqual(['sk-x…89-x', 'sk-y…89-y', 'sk-z…89-z']);
    expect(await admin.done('POST', batchPath, { ids: [y?.id], action: 'disable' })).toEqual({
      matched: 1,
      changed: 1,
    });
    expect(await keys('?state=disabled')).toMatchObject([{ id: y?.id, enabled: false }]);
    const page = await admin.done<Page<Key>>('GET', `${path}?limit=2`);
    expect((await admin.done<Page<Key>>('GET', `${path}?limit=2&cursor=${page.next}`)).items).toEqual([z]);
    expect(await admin.done('POST', batchPath, { state: 'disabled', action: 'enable' })).toEqual({
      matched: 1,
      changed: 1,
    });
    expect(await admin.done('PUT', `${path}/${x?.id}`, { key: secretOf('w') })).toEqual({ keyCount: 3 });
    expect((await keys()).map(({ id }) => id)).not.toContain(x?.id);
    expect(await admin.ask('PUT', `${path}/${x?.id}`, { key: secretOf('v') })).toMatchObject({
      status: 404,
      body: { code: 'channel_key_not_found' },
    });
    expect(await admin.ask('POST', batchPath, { action: 'delete' })).toMatchObject({ status: 400, body: { code: 'invalid_parameter' } });
    const beforeDeletion = await admin.done<Page<Key>>('GET', `${path}?limit=2`);
    expect(await admin.done('POST', batchPath, { ids: [y?.id, 'nobody'], action: 'delete' })).toEqual({ matched: 1, changed: 1 });
    expect((await admin.done<Page<Key>>('GET', `${path}?limit=2&cursor=${beforeDeletion.next}`)).items).toEqual([z]);
    expect(await admin.done('POST', batchPath, { ids: [z?.id, 'nobody'], action: 'delete' })).toEqual({
      matched: 1,
      changed: 1,
    });
    expect(await admin.ask('POST', batchPath, { state: 'enabled', action: 'delete' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_channel' },
    });
    const [renamed] = (await admin.done<Page<Channel>>('GET', '/api/channels?name=renamed')).items;
    expect(await admin.done('POST', `/api/channels/${renamed?.id}/keys`, { keys: [secretOf('second')] })).toEqual({ keyCount: 2 });
    expect(await admin.done('GET', `/api/channels/${renamed?.id}`)).toMatchObject({ secrets: [], keyCount: 2 });
  });

  it('are made of what plugins bring', async () => {
    const { items: providers } = await admin.done<{
      items: readonly { id: string; secretFields: unknown; config: { properties: object } }[];
    }>('GET', '/api/providers');
    const compatible = providers.find(({ id }) => id === 'openai-compatible');
    expect(compatible).toMatchObject({ secretFields: ['apiKey'] });
    expect(compatible?.config.properties).toMatchObject({ apiKey: { secret: true }, baseUrl: { type: 'string' } });
  });
});
