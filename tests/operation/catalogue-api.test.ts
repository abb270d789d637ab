import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { rawCall } from '../relay/raw-call.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

type Body = Readonly<Record<string, unknown>>;

describe('the management API', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let admin: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const place = upstream.place('good', answers({ text: 'Good.' }));
    gateway = await startGateway({
      apply: {
        models: pricedByTokens('priced'),
        channels: [chatChannel('first', place, ['priced', 'new-one', 'new-two']), chatChannel('second', place, ['elsewhere'])],
        users: [alice, { username: 'boss', role: 'admin' }],
        tokens: [openToken],
        settings: { limits: { groups: { default: [200, 100] } } },
      },
    });
    const { stdout } = await gateway.command('token', 'create', '--access', '--user', 'boss');
    admin = stdout.trim();
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function ask(method: string, path: string, body?: object, credential = admin): Promise<{ status: number; body: Body }> {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  const call = async (model: string): Promise<number> =>
    (await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model })).status;

  describe('for groups', () => {
    it('makes one that has its own price, limits and users, changes it and takes it away', async () => {
      const made = await ask('POST', '/api/groups', {
        name: 'gold',
        description: 'Fast',
        ratio: 0.8,
        usableBy: ['default'],
        limits: [0, 1_000],
      });
      expect(made).toMatchObject({ status: 201, body: { name: 'gold', ratio: '0.8', limits: [0, 1_000], users: 0, channels: [] } });
      expect(await ask('POST', '/api/groups', { name: 'gold' })).toMatchObject({ status: 409, body: { code: 'group_exists' } });
      const changed = await ask('PATCH', '/api/groups/gold', { ratio: 0.5, description: null, strategy: 'least-busy' });
      expect(changed).toMatchObject({ status: 200, body: { ratio: '0.5', limits: [0, 1_000], strategy: 'least-busy' } });
      expect(changed.body).not.toHaveProperty('description');
      expect(await ask('DELETE', '/api/groups/gold')).toMatchObject({ status: 200 });
      expect(await ask('GET', '/api/groups/gold')).toMatchObject({ status: 404, body: { code: 'group_not_found' } });
    });

    it('changes limits where the settings have them', async () => {
      expect(await ask('GET', '/api/groups/default')).toMatchObject({ body: { limits: [200, 100], users: 2, tokens: 0 } });
      await ask('PATCH', '/api/groups/default', { limits: [300, 100] });
      const { exitCode, stdout } = await gateway.apply({ settings: { limits: { groups: { default: [300, 100] } } } });
      expect([exitCode, stdout.trim()]).toEqual([0, 'Nothing to change.']);
    });

    it('lets channels join and leave, and says what is in the way of a removal', async () => {
      await ask('POST', '/api/groups', { name: 'team' });
      expect(await ask('POST', '/api/groups/team/channels', { add: ['first', 'second'] })).toMatchObject({
        body: { channels: ['first', 'second'] },
      });
      expect(await ask('POST', '/api/groups/team/channels', { remove: ['second'] })).toMatchObject({ body: { channels: ['first'] } });
      const refused = await ask('DELETE', '/api/groups/team');
      expect(refused).toMatchObject({ status: 409, body: { code: 'group_in_use', detail: expect.stringContaining('1 channel (first)') } });
      await ask('POST', '/api/groups/team/channels', { remove: ['first'] });
      expect(await ask('POST', '/api/groups/default/channels', { remove: ['first'] })).toMatchObject({
        status: 400,
        body: { code: 'channel_group_invalid', detail: expect.stringContaining('no other group') },
      });
      expect((await ask('DELETE', '/api/groups/team')).status).toBe(200);
      expect(await ask('DELETE', '/api/groups/default')).toMatchObject({ status: 409, body: { code: 'group_in_use' } });
    });

    it('tells a caller which groups a token may choose, at what price', async () => {
      await ask('POST', '/api/groups', { name: 'cheap', ratio: 0.5, usableBy: 'everyone' });
      await ask('POST', '/api/groups', { name: 'closed' });
      const { body } = await ask('GET', '/api/account/groups', undefined, openToken.key);
      expect(body['items']).toEqual([
        { name: 'cheap', ratio: '0.5', isOwn: false },
        { name: 'default', ratio: '1', isOwn: true },
      ]);
    });

    it('is for admins', async () => {
      expect(await ask('POST', '/api/groups', { name: 'mine' }, openToken.key)).toMatchObject({
        status: 403,
        body: { code: 'permission_denied' },
      });
    });
  });

  describe('for models', () => {
    it('makes an entry, changes it, finds it and takes it away', async () => {
      await ask('POST', '/api/vendors', { name: 'Acme', icon: 'acme' });
      const made = await ask('POST', '/api/models', {
        name: 'acme-*',
        vendor: 'Acme',
        type: 'chat',
        tags: ['quick'],
        price: { inputPrice: 2, outputPrice: 4 },
      });
      expect(made).toMatchObject({
        status: 201,
        body: {
          name: 'acme-*',
          match: 'prefix',
          enabled: true,
          priceSource: 'manual',
          price: { modelRatio: '1', completionRatio: '2' },
          dollars: { input: '2' },
        },
      });
      for (const query of ['search=QUICK', 'vendor=Acme', 'vendor=Acme&priced=true&type=chat'])
        expect((await ask('GET', `/api/models?${query}`)).body['items'], query).toMatchObject([{ name: 'acme-*' }]);
      await ask('POST', '/api/models', { name: 'acme-1' });
      const prices = (await ask('GET', '/api/prices')).body['prices'];
      expect(prices).toContainEqual(expect.objectContaining({ model: 'acme-1', vendor: 'Acme', type: 'chat', modelRatio: '1' }));
      await ask('DELETE', '/api/models/entries/acme-1');
      expect(await ask('PATCH', '/api/models/entries/acme-*', { tags: null, description: 'Ours' })).toMatchObject({
        body: { description: 'Ours', vendor: 'Acme' },
      });
      expect(await ask('DELETE', '/api/vendors/Acme')).toMatchObject({ status: 409, body: { code: 'vendor_in_use' } });
      expect((await ask('DELETE', '/api/models/entries/acme-*')).status).toBe(200);
      expect((await ask('DELETE', '/api/vendors/Acme')).status).toBe(200);
      expect(await ask('GET', '/api/models/entries/acme-*')).toMatchObject({ status: 404, body: { code: 'model_entry_not_found' } });
    });

    it.each([
      { body: { name: 'priced' }, status: 409, code: 'model_entry_exists' },
      { body: { name: 'a*b' }, status: 400, code: 'invalid_parameter' },
      { body: { name: 'x', vendor: 'Nobody' }, status: 400, code: 'unknown_vendor' },
      { body: { name: 'x', price: { completionRatio: 2 } }, status: 400, code: 'invalid_parameter' },
      { body: { name: 'x', price: {} }, status: 400, code: 'invalid_parameter' },
    ])('refuses $body', async ({ body, status, code }) => {
      expect(await ask('POST', '/api/models', body)).toMatchObject({ status, body: { code } });
    });

    it('lists page by page', async () => {
      const seen: unknown[] = [];
      let cursor = '';
      do {
        const { body } = await ask('GET', `/api/models?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
        seen.push(...(body['items'] as readonly Body[]).map(({ name }) => name));
        cursor = typeof body['next'] === 'string' ? body['next'] : '';
      } while (cursor !== '');
      expect(seen).toEqual([...seen].sort());
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toContain('gpt-4o');
    });

    it('lists by what it is asked for, either way', async () => {
      const named = async (query: string): Promise<readonly unknown[]> =>
        ((await ask('GET', `/api/models?limit=500&${query}`)).body['items'] as readonly Body[]).map(({ name }) => name);
      const byName = await named('sort=name');
      expect(await named('order=desc')).toEqual(byName.toReversed());
      const { body } = await ask('GET', '/api/models?limit=500&sort=vendor');
      const vendors = (body['items'] as readonly { readonly vendor?: string }[]).map(({ vendor }) => vendor ?? '');
      expect(vendors).toEqual(vendors.toSorted());
      await ask('POST', '/api/models', { name: 'aaa-newest' });
      expect((await named('sort=createdAt&order=desc'))[0]).toBe('aaa-newest');
      await ask('DELETE', '/api/models/entries/aaa-newest');
      expect(await ask('GET', '/api/models?sort=price')).toMatchObject({ status: 400, body: { code: 'invalid_parameter', field: 'sort' } });
    });

    it('knows what channels offer and nobody described, and prices many models at once', async () => {
      const { body } = await ask('GET', '/api/models/unknown');
      const unknown = (body['items'] as readonly { readonly model: string }[]).map(({ model }) => model);
      expect(unknown).toEqual(['elsewhere', 'new-one', 'new-two']);
      const { body: first } = await ask('GET', '/api/models/unknown?limit=2');
      expect((first['items'] as readonly Body[]).map(({ model }) => model)).toEqual(['elsewhere', 'new-one']);
      const { body: second } = await ask('GET', `/api/models/unknown?limit=2&cursor=${String(first['next'])}`);
      expect(second).toEqual({ items: [expect.objectContaining({ model: 'new-two' })] });
      expect(await call('new-one')).toBe(400);
      const change = { price: { modelRatio: 2, completionRatio: 3 } };
      expect(await ask('POST', '/api/model-batch', { models: ['new-one', 'new-two', 'priced'], change })).toMatchObject({
        status: 200,
        body: { models: [{ name: 'new-one' }, { name: 'new-two' }, { name: 'priced', price: { modelRatio: '2', completionRatio: '3' } }] },
      });
      expect([await call('new-one'), await call('priced')]).toEqual([200, 200]);
      expect((await ask('GET', '/api/models/unknown')).body['items']).toMatchObject([{ model: 'elsewhere' }]);
    });

    it('switches many models off and on', async () => {
      const models = ['new-one', 'new-two'];
      await ask('POST', '/api/model-batch', { models, change: { enabled: false } });
      expect([await call('new-one'), await call('new-two')]).toEqual([404, 404]);
      await ask('POST', '/api/model-batch', { models, change: { enabled: true } });
      expect(await call('new-one')).toBe(200);
    });

    it('remembers who changed what', async () => {
      const { body } = await ask('GET', '/api/audit?kind=model&name=new-one');
      expect((body['items'] as readonly Body[])[0]).toMatchObject({ action: 'enable', name: 'new-one', author: { kind: 'api' } });
    });
  });
});
