import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall, type RawAnswer } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';

const usage = { prompt_tokens: 10, completion_tokens: 10 };

describe.each(databaseKinds)('the limits of a channel on %s', (kind) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase | undefined;
  /** Two that share a database where it can be shared, else one. */
  const nodes: TestGateway[] = [];
  let accessToken: string;

  const ask = (model: string, node = nodes[0], stream = false): Promise<RawAnswer> =>
    rawCall({ url: node?.url ?? '', key: openToken.key, dialect: 'openai-chat', model, stream });
  const servedBy = async (model: string, node = nodes[0], stream = false): Promise<string> => {
    const answer = await ask(model, node, stream);
    return answer.status === 200 ? (/(bounded|spare)/.exec(answer.body.toString())?.[0] ?? '') : String(answer.status);
  };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const pair = (model: string, more: Partial<ChannelEntry>, delayMs = 0): readonly ChannelEntry[] => [
      chatChannel(`${model}-bounded`, upstream.place(`${model}-bounded`, answers({ text: 'bounded', usage, delayMs })), [model], {
        priority: 1,
        ...more,
      }),
      chatChannel(`${model}-spare`, upstream.place(`${model}-spare`, answers({ text: 'spare', usage })), [model]),
    ];
    const [alone] = pair('alone', { limits: { requestsPerDay: 1 } });
    const [twoKeys, spare] = pair('keyed', { keys: ['key-one', 'key-two'], keyOrder: 'in-turn', keyLimits: { requestsPerDay: 1 } });
    const channels = [
      ...pair('counted', { limits: { requestsPerDay: 2 } }),
      ...pair('at-once', { limits: { concurrentCalls: 1 } }, 500),
      ...pair('tokens', { limits: { tokensPerMinute: 6_000 } }),
      ...pair('capped', { spendCaps: { day: 35, month: '1000.5' } }),
      alone as ChannelEntry,
      { ...(twoKeys as ChannelEntry), config: { baseUrl: twoKeys?.config['baseUrl'] } },
      spare as ChannelEntry,
    ];
    database = kind === 'postgres' ? await createOwnDatabase() : undefined;
    const environment = database && { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const apply = {
      models: pricedByTokens(...new Set(channels.flatMap(({ models }) => models))),
      channels,
      users: [alice, { username: 'root', role: 'root' as const }],
      tokens: [openToken],
    };
    const first = await startGateway({ apply, ...(environment && { environment }) });
    nodes.push(first);
    if (environment !== undefined) nodes.push(await startGateway({ environment }));
    accessToken = (await first.command('token', 'create', '--access')).stdout.trim();
  });
  afterAll(async () => {
    await nodes[0]?.expectCleanLedger();
    for (const node of nodes) await node.stop();
    await database?.drop();
    await upstream.close();
  });

  it('count calls of all nodes, and leave those beyond to other channels', async () => {
    const served = [await servedBy('counted'), await servedBy('counted', nodes.at(-1)), await servedBy('counted', nodes.at(-1), true)];
    expect(served).toEqual(['bounded', 'bounded', 'spare']);
  });

  it('are told in the receipt', async () => {
    const answer = await ask('counted');
    const read = () =>
      fetch(`${nodes[0]?.url}/api/usage/${answer.headers.get('x-request-id')}`, { headers: { authorization: `Bearer ${accessToken}` } });
    await eventually('the receipt is there', async () => (await read()).status === 200);
    const { routing } = (await (await read()).json()) as { readonly routing: unknown };
    expect(routing).toMatchObject({ skipped: [{ channel: 'counted-bounded', reason: 'limit-reached', until: expect.any(String) }] });
  });

  it('refuse where there is no other channel, and say when to come back', async () => {
    expect((await ask('alone')).status).toBe(200);
    const refused = await ask('alone');
    expect([refused.status, refused.body.toString()]).toEqual([503, expect.stringContaining('no_channel_available')]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('bound calls at the same time, which count until they are over', async () => {
    const [first, second] = [servedBy('at-once', nodes[0], true), servedBy('at-once', nodes.at(-1))];
    expect((await Promise.all([first, second])).sort()).toEqual(['bounded', 'spare']);
    await eventually('there is room again', async () => (await servedBy('at-once')) === 'bounded');
  });

  it('take what was estimated, and give back what was not used', async () => {
    expect(await servedBy('tokens', nodes[0], true)).toBe('bounded');
    await eventually('the first call is settled', async () => (await servedBy('tokens')) === 'bounded');
  });

  it('hold for each key where they are meant for keys', async () => {
    expect([await servedBy('keyed'), await servedBy('keyed'), await servedBy('keyed')]).toEqual(['bounded', 'bounded', 'spare']);
    const keys = upstream.requestsTo('keyed-bounded').map(({ headers }) => headers['authorization']);
    expect(new Set(keys).size).toBe(2);
  });

  it('are spend caps too, known to all nodes', async () => {
    expect(await servedBy('capped')).toBe('bounded');
    expect(await servedBy('capped')).toBe('bounded');
    for (const node of nodes) await eventually('the cap is seen', async () => (await servedBy('capped', node)) === 'spare');
  });

  it('show how much of a spend cap is spent, on all nodes, and of one that is switched off too', async () => {
    interface Listed {
      readonly items: readonly { readonly id: string; readonly name: string; readonly spending?: object }[];
    }
    const request = async (path: string, method = 'GET', body?: object, node = nodes[0]): Promise<unknown> => {
      const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
      const response = await fetch(`${node?.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      return path === '/metrics' ? response.text() : response.json();
    };
    // Calls of the moment in which a cap is reached count as well.
    const points = String(upstream.requestsTo('capped-bounded').length * 30);
    const spent = { day: { spent: points, limit: '35' }, month: { spent: points, limit: '1000.5' } };
    for (const node of nodes) {
      const list = async (): Promise<Listed> => (await request('/api/channels?name=capped', 'GET', undefined, node)) as Listed;
      await eventually('all calls are seen', async () => JSON.stringify((await list()).items[0]?.spending).includes(`"${points}"`));
      const { items } = await list();
      expect(items).toMatchObject([{ name: 'capped-bounded', spending: spent }, { name: 'capped-spare' }]);
      expect(items[1]).not.toHaveProperty('spending');
      const metrics = (await request('/metrics', 'GET', undefined, node)) as string;
      expect(metrics).toContain(`tollgate_channel_cap_spent_points{channel="capped-bounded",window="day"} ${points}\n`);
    }
    const { items } = (await request('/api/channels?name=capped-bounded')) as Listed;
    const path = `/api/channels/${items[0]?.id}`;
    const off = (await request(path, 'PATCH', { enabled: false })) as { readonly spending: { readonly day: { readonly endsAt: string } } };
    expect(off).toMatchObject({ spending: spent });
    expect(Date.parse(off.spending.day.endsAt)).toBeGreaterThan(Date.now());
    await eventually(
      'nobody watches it',
      async () => !((await request('/metrics')) as string).includes('tollgate_channel_cap_spent_points{'),
    );
    expect(await request(path)).toMatchObject({ spending: spent });
    expect(await request(path, 'PATCH', { spendCaps: null })).not.toHaveProperty('spending');
  });
});
