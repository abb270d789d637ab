import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly models: readonly string[];
}

const key = `sk-list-${'0123456789'.repeat(3)}`;

describe.each(databaseKinds)('the models of channels and of their upstreams on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  /** What the upstream lists. */
  let listed: readonly string[];

  const lists: Behaviour = (request, response) => {
    const isAllowed = request.path.endsWith('/models') && request.headers['authorization'] === `Bearer ${key}`;
    response
      .writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
      .end(
        JSON.stringify(
          isAllowed ? { data: listed.map((id) => ({ id })) } : { error: { message: `${request.headers['authorization']} is wrong` } },
        ),
      );
  };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, fields: object) => ({
      name,
      provider: 'openai-compatible',
      config: { baseUrl: upstream.place(name, lists) },
      keys: [key],
      allowPrivate: true,
      syncModels: false,
      models: ['a', 'alias', 'old'],
      modelMapping: { alias: 'b' },
      ...fields,
    });
    listed = ['a', 'b', 'c'];
    gateway = await startGateway({
      database,
      apply: {
        users: [{ username: 'root', role: 'root' }],
        settings: { modelSync: { auto: true, keepCustom: false } },
        channels: [
          channel('following', { syncModels: true }),
          channel('chosen', {}),
          channel('refused', { keys: [`${key}x`] }),
          channel('away', { config: { baseUrl: 'http://127.0.0.1:9/v1' } }),
        ],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function channelNamed(name: string): Promise<Channel> {
    const { items } = await root.done<{ items: readonly Channel[] }>('GET', `/api/channels?name=${name}`);
    return items[0] as Channel;
  }
  const pathOf = async (name: string, rest = ''): Promise<string> => `/api/channels/${(await channelNamed(name)).id}/models${rest}`;

  it('are brought together by themselves, and the gateway says that it was itself', async () => {
    await eventually('the channel follows', async () => (await channelNamed('following')).models.includes('c'));
    expect((await channelNamed('following')).models).toEqual(['a', 'alias', 'c']);
    expect((await channelNamed('chosen')).models).toEqual(['a', 'alias', 'old']);
    const { items } = await root.done<{ items: readonly object[] }>('GET', '/api/audit?name=following&limit=1');
    expect(items[0]).toMatchObject({ action: 'update', kind: 'channel', author: { kind: 'gateway' } });
  });

  it('are listed and compared, and taken over or away', async () => {
    expect(await root.done('GET', await pathOf('chosen'))).toEqual({
      source: 'upstream',
      models: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
      fresh: ['c'],
      gone: ['old'],
    });
    const change = { add: ['c', 'a'], remove: ['old', 'none'] };
    expect(await root.done('POST', await pathOf('chosen'), change)).toEqual({ matched: 1, changed: 1 });
    expect((await channelNamed('chosen')).models).toEqual(['a', 'alias', 'c']);
    expect(await root.ask('POST', '/api/channels/x/models', {})).toMatchObject({ status: 404, body: { code: 'channel_not_found' } });
  });

  it('keep what people have chosen where that is set', async () => {
    await root.done('PUT', '/api/settings/modelSync', { keepCustom: true });
    const sync = await pathOf('chosen', '/sync');
    expect(await root.done('POST', sync)).toEqual({ added: [], removed: [] });
    listed = ['a', 'd'];
    expect(await root.done('POST', sync)).toEqual({ added: ['d'], removed: [] });
    expect((await channelNamed('chosen')).models).toEqual(['a', 'alias', 'c', 'd']);
    await root.done('POST', await pathOf('chosen'), { remove: ['a'] });
    expect(await root.done('POST', sync)).toEqual({ added: [], removed: [] });
    listed = ['a'];
    expect(await root.done('POST', sync)).toEqual({ added: [], removed: [] });
    expect(await root.done('POST', sync)).toEqual({ added: [], removed: ['d'] });
    expect((await channelNamed('chosen')).models).toEqual(['alias', 'c']);
  });

  it('are compared anew where the channel has moved to another upstream', async () => {
    listed = ['e'];
    const path = `/api/channels/${(await channelNamed('chosen')).id}`;
    await root.done('PATCH', path, { config: { baseUrl: upstream.place('moved', lists) } });
    expect(await root.done('POST', `${path}/models/sync`)).toEqual({ added: [], removed: [] });
    expect((await channelNamed('chosen')).models).toEqual(['alias', 'c']);
  });

  it('do not follow the list of an upstream that the channel has left while it was asked', async () => {
    const path = `/api/channels/${(await channelNamed('chosen')).id}`;
    listed = ['e', 'f'];
    const left: Behaviour = async (request, response) => {
      await root.done('PATCH', path, { config: { baseUrl: upstream.place('next', lists) } });
      return lists(request, response);
    };
    upstream.place('moved', left);
    expect(await root.ask('POST', `${path}/models/sync`)).toMatchObject({ status: 409, body: { code: 'channel_changed' } });
    expect((await channelNamed('chosen')).models).toEqual(['alias', 'c']);
    expect(await root.done('POST', `${path}/models/sync`)).toEqual({ added: [], removed: [] });
  });

  it('stay where the upstream says nothing, and why is told without the key', async () => {
    listed = [];
    expect(await root.done('POST', await pathOf('chosen', '/sync'))).toMatchObject({
      removed: [],
      failure: { code: 'upstream_bad_answer' },
    });
    const refused = await root.done('GET', await pathOf('refused'));
    expect(refused).toMatchObject({ models: [], failure: { status: 401 } });
    expect(JSON.stringify(refused)).toContain('is wrong');
    expect(JSON.stringify(refused)).not.toContain(key);
    expect(await root.done('GET', await pathOf('away'))).toMatchObject({ failure: { code: 'upstream_connection_failed' } });
  });
});
