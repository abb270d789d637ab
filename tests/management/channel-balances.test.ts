import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

interface KeyBalance {
  readonly askedAt: string;
  readonly statedAt?: string;
  readonly amounts: readonly { readonly amount: string; readonly currency: string }[];
  readonly failure?: { readonly code: string };
}

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly balance?: { readonly sums: readonly object[] };
  readonly lastTest?: { readonly at: string; readonly ok: boolean };
}

interface Asked {
  readonly keys: readonly { readonly keyId: string; readonly keyHint: string; readonly balance: KeyBalance }[];
  readonly notAsked: number;
}

const secretOf = (name: string): string => `sk-${name}-${'0123456789'.repeat(3)}-${name}`;

describe.each(databaseKinds)('what is left for the keys of channels on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  /** Key → what the upstream says is left. */
  const left = new Map<string, object | number>();

  /** Says what is left for the key that asks, or refuses, telling the key. */
  const place: Behaviour = (request, response) => {
    const sent = String(request.headers['authorization']).replace('Bearer ', '');
    const found = left.get(sent) ?? 401;
    const [status, body] = typeof found === 'number' ? [found, { error: { message: `${sent} has nothing here` } }] : [200, found];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const cny = (amount: string): object => ({ is_available: true, balance_infos: [{ currency: 'CNY', total_balance: amount }] });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, provider: string, keys: readonly string[], fields: object = {}) => {
      // These presets take a root, and their paths follow it.
      const baseUrl = upstream.place(name, place).replace(/\/v1$/, '');
      return { name, provider, config: { baseUrl }, keys: keys.map(secretOf), models: ['m'], allowPrivate: true, ...fields };
    };
    left.set(secretOf('rich'), cny('110.00')).set(secretOf('poor'), cny('-0.25')).set(secretOf('odd'), { balance_infos: 'none' });
    left.set(secretOf('endless'), { hard_limit_usd: 100_000_000, total_usage: 3 });
    left.set(secretOf('bounded'), { hard_limit_usd: 20, total_usage: 1_250 });
    left.set(secretOf('whole'), { data: { total_credits: 5, total_usage: 2 } });
    const inConfig = channel('in-config', 'openrouter', []);
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      database,
      apply: {
        users: [
          { username: 'root', role: 'root' },
          { username: 'eve', role: 'user' },
        ],
        channels: [
          channel('many', 'deepseek', ['rich', 'poor', 'refused', 'odd']),
          channel('bounded', 'one-api', ['bounded']),
          channel('endless', 'new-api', ['endless']),
          { ...inConfig, config: { ...inConfig.config, apiKey: secretOf('whole') } },
          channel('silent', 'openai-compatible', ['rich'], { config: { baseUrl: upstream.place('speaking', answers({ text: 'Hi.' })) } }),
          channel('inside', 'deepseek', ['rich'], { allowPrivate: false, config: { baseUrl: `http://${hostname()}:9` } }),
          channel('shut', 'deepseek', ['rich'], { enabled: false }),
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
    return root.done<Channel>('GET', `/api/channels/${items[0]?.id}`);
  }
  const pathOf = async (name: string, rest = ''): Promise<string> => `/api/channels/${(await channelNamed(name)).id}${rest}`;
  const ask = async (name: string, body: object = {}): Promise<Asked> => root.done('POST', await pathOf(name, '/balance'), body);
  const keysOf = async (name: string): Promise<readonly { readonly id: string; readonly hint: string; readonly balance?: KeyBalance }[]> =>
    (await root.done<{ items: never[] }>('GET', await pathOf(name, '/keys'))).items;

  it('is asked for each key, and told with the reason where it is not said', async () => {
    const { keys, notAsked } = await ask('many');
    expect(notAsked).toBe(0);
    expect(keys.map(({ balance }) => [balance.amounts, balance.failure?.code])).toEqual([
      [[{ amount: '110.00', currency: 'CNY' }], undefined],
      [[{ amount: '-0.25', currency: 'CNY' }], undefined],
      [[], 'upstream_401'],
      [[], 'upstream_bad_answer'],
    ]);
    expect(upstream.requestsTo('many').map(({ method, path }) => `${method} ${path}`)).toEqual(Array(4).fill('GET /many/user/balance'));
  });

  it('is remembered for each key, and summed for the channel', async () => {
    const keys = await keysOf('many');
    expect(keys.map(({ balance }) => balance?.amounts.map(({ amount }) => amount))).toEqual([['110.00'], ['-0.25'], [], []]);
    expect((await channelNamed('many')).balance).toMatchObject({
      sums: [{ currency: 'CNY', total: '109.75', lowest: '-0.25' }],
      unlimitedKeys: 0,
      failedKeys: 2,
    });
  });

  it('stays known while a later question fails, and says since when', async () => {
    const [first] = await keysOf('many');
    left.set(secretOf('rich'), 503);
    const { keys } = await ask('many', { keyId: first?.id });
    expect(keys).toHaveLength(1);
    const balance = keys[0]?.balance;
    expect(balance).toMatchObject({ amounts: [{ amount: '110.00' }], statedAt: first?.balance?.statedAt, failure: { status: 503 } });
    left.set(secretOf('rich'), cny('7'));
    expect((await ask('many', { keyId: first?.id })).keys[0]?.balance).toMatchObject({ amounts: [{ amount: '7.00' }] });
    expect((await keysOf('many'))[0]?.balance).not.toHaveProperty('failure');
  });

  it('is told of a channel without the keys that are switched off', async () => {
    const keys = await keysOf('many');
    const switchKeys = async (action: string) =>
      root.done('POST', await pathOf('many', '/key-batch'), { ids: keys.slice(1).map(({ id }) => id), action });
    await switchKeys('disable');
    const told = await channelNamed('many');
    expect(told.balance).toMatchObject({ sums: [{ total: '7.00', lowest: '7.00' }], failedKeys: 0 });
    expect(told.balance).not.toHaveProperty('failure');
    expect((await keysOf('many'))[1]?.balance).toMatchObject({ amounts: [{ amount: '-0.25' }] });
    await switchKeys('enable');
    expect((await channelNamed('many')).balance).toMatchObject({ sums: [{ lowest: '-0.25' }], failedKeys: 2 });
  });

  it('may be what was used of a limit, or without one, also for a key in the configuration', async () => {
    expect((await ask('bounded')).keys[0]?.balance).toMatchObject({ amounts: [{ amount: '7.50', currency: 'USD' }] });
    expect((await ask('endless')).keys[0]?.balance).toMatchObject({ amounts: [], unlimited: true });
    expect((await ask('in-config')).keys[0]?.balance).toMatchObject({ amounts: [{ amount: '3.00', currency: 'USD' }] });
    expect((await channelNamed('in-config')).balance?.sums).toEqual([{ currency: 'USD', total: '3.00', lowest: '3.00' }]);
  });

  it('is asked of a channel that is switched off, and of no private network', async () => {
    expect((await ask('shut')).keys[0]?.balance).toMatchObject({ amounts: [{ amount: '7.00' }] });
    expect((await ask('inside')).keys[0]?.balance).toMatchObject({ failure: { code: 'address_refused' } });
  });

  it('is refused where no place says it, or nobody may ask', async () => {
    expect(await root.ask('POST', await pathOf('silent', '/balance'), {})).toMatchObject({
      status: 409,
      body: { code: 'balance_unsupported' },
    });
    expect(await root.ask('POST', '/api/channels/x/balance', {})).toMatchObject({ status: 404, body: { code: 'channel_not_found' } });
    expect(await root.ask('POST', await pathOf('many', '/balance'), { keyId: 'x' })).toMatchObject({
      body: { code: 'channel_key_not_found' },
    });
    const eve = await ManagementClient.of(gateway, 'eve');
    expect(await eve.ask('POST', await pathOf('many', '/balance'), {})).toMatchObject({ status: 403 });
  });

  it('orders lists of channels, page by page, as their last tests do', async () => {
    await root.done('POST', await pathOf('silent', '/test'), {});
    await root.done('POST', await pathOf('inside', '/test'), {});
    expect((await channelNamed('silent')).lastTest).toMatchObject({ ok: true, model: 'm', status: 200 });
    expect((await channelNamed('inside')).lastTest).toMatchObject({ ok: false, code: 'address_refused' });
    const ordered = async (sort: string, order = 'asc'): Promise<readonly string[]> => {
      const names: string[] = [];
      let cursor = '';
      do {
        const page = await root.done<{ items: readonly Channel[]; next?: string }>(
          'GET',
          `/api/channels?sort=${sort}&order=${order}&limit=2${cursor}`,
        );
        names.push(...page.items.map(({ name }) => name));
        cursor = page.next === undefined ? '' : `&cursor=${encodeURIComponent(page.next)}`;
      } while (cursor !== '');
      return names;
    };
    const byBalance = ['many', 'in-config', 'shut', 'bounded', 'endless'];
    expect((await ordered('balance')).slice(0, 5)).toEqual(byBalance);
    expect((await ordered('balance', 'desc')).slice(2)).toEqual(byBalance.toReversed());
    expect((await ordered('testedAt', 'desc')).slice(0, 2)).toEqual(['inside', 'silent']);
    expect((await ordered('latency'))[0]).toBe('silent');
    expect(await ordered('latency', 'desc')).toHaveLength(7);
  });

  it('is forgotten where the channel has another key or another address', async () => {
    const [first] = await keysOf('many');
    left.set(secretOf('new'), cny('1'));
    await root.done('PUT', await pathOf('many', `/keys/${first?.id}`), { key: secretOf('new') });
    expect((await keysOf('many')).map(({ balance }) => balance === undefined)).toEqual([true, false, false, false]);
    await root.done('PATCH', await pathOf('many'), { config: { baseUrl: upstream.place('moved', place).replace(/\/v1$/, '') } });
    expect(await channelNamed('many')).not.toHaveProperty('balance');
    await ask('many');
    expect((await channelNamed('many')).balance).toMatchObject({ sums: [{ currency: 'CNY', total: '0.75' }] });
  });

  it('is told without any key, in answers and in the log', async () => {
    const said = [JSON.stringify(await ask('many')), JSON.stringify(await channelNamed('many')), JSON.stringify(await keysOf('many'))];
    const everything = `${said.join('\n')}\n${gateway.logs}`;
    expect(everything).toContain('An upstream does not say what is left');
    for (const name of ['rich', 'poor', 'refused', 'odd', 'whole']) expect(everything).not.toContain(secretOf(name));
  });
});

describe.each(databaseKinds)('what is left for the many keys of one channel on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  /** So many questions are answered, and the others hang. */
  let answersLeft = 30;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const place: Behaviour = (_request, response) => {
      if (answersLeft === 0) return;
      answersLeft -= 1;
      sendJson(response, 200, { balance_infos: [{ currency: 'USD', total_balance: '1' }] });
    };
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      database,
      apply: {
        users: [{ username: 'root', role: 'root' }],
        // What a node that was killed was at is free soon.
        settings: { ledger: { nodeLeaseMs: 3_000 } },
        channels: [
          {
            name: 'crowd',
            provider: 'deepseek',
            config: { baseUrl: upstream.place('crowd', place).replace(/\/v1$/, '') },
            keys: Array.from({ length: 230 }, (_, index) => secretOf(`crowd-${index}`)),
            models: ['m'],
            allowPrivate: true,
          },
        ],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const total = async (): Promise<string | undefined> => {
    const { items } = await root.done<{ items: readonly { balance?: { sums: readonly { total: string }[] } }[] }>('GET', '/api/channels');
    return items[0]?.balance?.sums[0]?.total;
  };
  const start = async (): Promise<string> => (await root.done<{ id: string }>('POST', '/api/channel-runs', { kind: 'balance' })).id;
  const isDone = async (id: string): Promise<boolean> =>
    (await root.done<{ state: string }>('GET', `/api/channel-runs/${id}`)).state === 'done';

  it('is kept as it comes, so that a killed node loses little, and asked for so many in one run', async () => {
    const id = await start();
    await eventually('the first are kept', async () => (await total()) === '20.00');
    expect(await isDone(id)).toBe(false);
    await gateway.kill('SIGKILL');
    answersLeft = Number.POSITIVE_INFINITY;
    await gateway.start();
    await eventually('the run is over', () => isDone(id), 30_000);
    expect(await root.done('GET', `/api/channel-runs/${id}/channels`)).toMatchObject({
      items: [{ ok: true, balance: { sums: [{ total: '200.00' }] }, notAsked: 30 }],
    });
    expect(await total()).toBe('220.00');
  });

  it('is asked in the next run for those that were left', async () => {
    const id = await start();
    await eventually('the run is over', () => isDone(id), 30_000);
    expect(await total()).toBe('230.00');
  });
});
