import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall, type RawAnswer } from '../relay/raw-call.js';
import { openaiAccount } from '../replay/openai-account.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Simulated {
  readonly enabled: boolean;
  readonly refused?: object;
  readonly candidates: readonly object[];
  readonly routing: { readonly choices: readonly { readonly channel: string; readonly by: string }[]; readonly skipped: readonly object[] };
}

const usage = { prompt_tokens: 10, completion_tokens: 10 };
const longPrompt = 'Be kind. '.repeat(1_000);

describe.each(databaseKinds)('a simulated call on %s', (kind) => {
  let upstream: ScriptedUpstream;
  let database: OwnDatabase | undefined;
  /** Two that share a database where it can be shared, else one. */
  const nodes: TestGateway[] = [];
  const clients: ManagementClient[] = [];
  let userId: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const pair = (model: string, more: Partial<ChannelEntry>): readonly ChannelEntry[] => [
      chatChannel(`${model}-bounded`, upstream.place(`${model}-bounded`, answers({ text: 'bounded', usage })), [model], {
        priority: 1,
        ...more,
      }),
      chatChannel(`${model}-spare`, upstream.place(`${model}-spare`, answers({ text: 'spare', usage })), [model]),
    ];
    const [keyed, keyedSpare] = pair('keyed', { keys: ['key-one', 'key-two'], keyOrder: 'in-turn', keyLimits: { requestsPerDay: 1 } });
    const account = (name: string): ChannelEntry => ({
      name,
      provider: 'openai',
      config: { baseUrl: upstream.place(name, openaiAccount(name, `secret-of-${name}`).behaviour), apiKey: `secret-of-${name}` },
      models: ['stored'],
    });
    const channels = [
      ...pair('counted', { limits: { requestsPerDay: 2 } }),
      ...pair('tokens', { limits: { tokensPerMinute: 6_000 } }),
      ...pair('capped', { spendCaps: { day: 20 } }),
      { ...(keyed as ChannelEntry), config: { baseUrl: keyed?.config['baseUrl'] } },
      keyedSpare as ChannelEntry,
      ...['north', 'south', 'east', 'west'].map((name) => chatChannel(name, upstream.place(name, answers({ usage })), ['talk', 'off'])),
      account('first'),
      account('second'),
    ];
    database = kind === 'postgres' ? await createOwnDatabase() : undefined;
    const environment = database && { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const [off, ...models] = pricedByTokens(
      'off',
      ...new Set(channels.flatMap((channel) => channel.models.filter((name) => name !== 'off'))),
    );
    const apply = {
      models: [{ ...off, name: 'off', enabled: false }, ...models],
      channels,
      users: [alice, { username: 'root', role: 'root' as const }],
      tokens: [openToken],
    };
    const first = await startGateway({ apply, ...(environment && { environment }) });
    nodes.push(first);
    if (environment !== undefined) nodes.push(await startGateway({ environment }));
    const { stdout } = await first.command('token', 'create', '--access');
    for (const node of nodes) clients.push(new ManagementClient(node, stdout.trim()));
    userId = await userOf(await ask({ model: 'counted' }));
  });
  afterAll(async () => {
    await nodes[0]?.expectCleanLedger();
    for (const node of nodes) await node.stop();
    await database?.drop();
    await upstream.close();
  });

  const simulate = (body: object, client = clients.at(-1)): Promise<Simulated> =>
    (client as ManagementClient).done('POST', '/api/routing/simulate', body);
  const ask = (
    call: Omit<Parameters<typeof rawCall>[0], 'url' | 'key' | 'dialect'> & { dialect?: string },
    node = nodes[0],
  ): Promise<RawAnswer> => rawCall({ url: node?.url ?? '', key: openToken.key, dialect: 'openai-chat', ...call });
  const asked = (): number => upstream.requests.length;
  const choicesOf = async (body: object, client = clients.at(-1)): Promise<readonly string[]> =>
    (await simulate(body, client)).routing.choices.map(({ channel }) => channel);

  async function userOf(answer: RawAnswer): Promise<string> {
    const path = `/api/usage/${answer.headers.get('x-request-id')}`;
    await eventually('the receipt is there', async () => (await clients[0]?.ask('GET', path))?.status === 200);
    return (await (clients[0] as ManagementClient).done<{ userId: string }>('GET', path)).userId;
  }

  it('is refused where its model is switched off, and says so', async () => {
    expect(await simulate({ model: 'off' })).toMatchObject({
      enabled: false,
      refused: { code: 'model_not_found', status: 404 },
      candidates: [],
      routing: { candidates: 0, choices: [] },
    });
    expect((await ask({ model: 'off' })).status).toBe(404);
    expect(await simulate({ model: 'nobody-has-it' })).toMatchObject({ enabled: true, refused: { code: 'no_channel', status: 503 } });
    expect(await simulate({ model: 'talk' })).not.toHaveProperty('refused');
  });

  it('meets the limits that other calls have reached on any node, and counts for none', async () => {
    const before = asked();
    for (let look = 0; look < 5; look += 1) {
      expect(await choicesOf({ model: 'counted' })).toEqual(['counted-bounded', 'counted-spare']);
      expect(await choicesOf({ model: 'keyed' })).toEqual(['keyed-bounded', 'keyed-spare']);
    }
    expect(asked()).toBe(before);
    // One was used to find out the user.
    expect((await ask({ model: 'counted' })).body.toString()).toContain('bounded');
    const full = await simulate({ model: 'counted' });
    expect(full.routing).toMatchObject({
      choices: [{ channel: 'counted-spare' }],
      skipped: [{ channel: 'counted-bounded', reason: 'limit-reached', until: expect.any(String) }],
    });
    expect(full.candidates).toMatchObject([
      { channel: 'counted-bounded', usable: false, full: 'limit-reached', fullUntil: expect.any(String) },
      { channel: 'counted-spare', usable: true },
    ]);
    expect((await ask({ model: 'counted' }, nodes.at(-1))).body.toString()).toContain('spare');
  });

  it('meets the limits of keys one by one, and of tokens by what it says', async () => {
    await ask({ model: 'keyed' });
    expect(await simulate({ model: 'keyed' })).toMatchObject({ candidates: [{ channel: 'keyed-bounded', usable: true }, {}] });
    await ask({ model: 'keyed' });
    const { candidates, routing } = await simulate({ model: 'keyed' });
    expect(candidates).toMatchObject([{ channel: 'keyed-bounded', usable: false, full: 'limit-reached' }, { usable: true }]);
    expect(routing.skipped).toMatchObject([{ reason: 'limit-reached', keyId: expect.any(String) }, { reason: 'limit-reached' }]);
    expect(await choicesOf({ model: 'tokens' })).toEqual(['tokens-bounded', 'tokens-spare']);
    // The larger a call is, the less of a window that others use is enough for it.
    expect(await choicesOf({ model: 'tokens', tokens: 6_000 })).toEqual(['tokens-bounded', 'tokens-spare']);
    await ask({ model: 'tokens' });
    await eventually(
      'what was not used is given back',
      async () => (await choicesOf({ model: 'tokens', tokens: 5_900 }, clients[0]))[0] === 'tokens-bounded',
    );
    expect(await choicesOf({ model: 'tokens', tokens: 6_000 }, clients[0])).toEqual(['tokens-spare']);
  });

  it('meets a spend cap that is reached', async () => {
    expect(await choicesOf({ model: 'capped' })).toEqual(['capped-bounded', 'capped-spare']);
    await ask({ model: 'capped' });
    await eventually('the cap is seen', async () => (await choicesOf({ model: 'capped' })).length === 1);
    expect(await simulate({ model: 'capped' })).toMatchObject({
      candidates: [{ channel: 'capped-bounded', usable: false, full: 'spend-cap-reached' }, { usable: true }],
      routing: { choices: [{ channel: 'capped-spare' }], skipped: [{ reason: 'spend-cap-reached' }] },
    });
  });

  it('goes on with its conversation by whatever tells it', async () => {
    const messages = [
      { role: 'system', content: longPrompt },
      { role: 'user', content: 'Hello' },
    ];
    const ways = [
      { said: { session: 's-1' }, headers: { 'x-session-id': 's-1' }, body: {} },
      { said: { endUser: 'eve' }, headers: {}, body: { user: 'eve' } },
      { said: { promptCacheKey: 'k-1' }, headers: {}, body: { prompt_cache_key: 'k-1' } },
      { said: { request: { messages } }, headers: {}, body: { messages } },
      { said: { request: { messages: [], user: 'bob' } }, headers: {}, body: { user: 'bob' } },
    ];
    for (const { said, headers, body } of ways) {
      const sent = JSON.stringify({ model: 'talk', messages: [{ role: 'user', content: 'Hello' }], ...body });
      expect((await ask({ model: 'talk', headers, body: sent })).status).toBe(200);
      const went = upstream.requests.at(-1)?.path.split('/')[1];
      const { choices } = (await simulate({ model: 'talk', dialect: 'openai-chat', user: userId, ...said }, clients[0])).routing;
      expect(choices[0], JSON.stringify(said).slice(0, 100)).toMatchObject({ channel: went, by: 'sticky' });
    }
  });

  it('goes where what it names is stored', async () => {
    const answer = await ask({
      model: 'stored',
      dialect: 'openai-responses',
      body: JSON.stringify({ model: 'stored', input: 'Remember.' }),
    });
    const { id } = answer.json() as { readonly id: string };
    const went = upstream.requests.at(-1)?.path.split('/')[1];
    const request = { input: 'Go on.', previous_response_id: id };
    const stored = { model: 'stored', dialect: 'openai-responses', user: userId };
    const bound = await simulate({ ...stored, request });
    expect(bound.routing.choices).toMatchObject([{ channel: went, by: 'bound' }]);
    expect(bound.candidates).toMatchObject([{ channel: went }]);
    expect(await simulate({ ...stored, request: { ...request, previous_response_id: 'resp_of_nobody' } })).toMatchObject({
      refused: { status: 400, code: 'reference_not_found' },
      candidates: [],
    });
    const wrong = { ...stored, request: { input: 'Go on.', stream: 'yes' } };
    expect(await clients[0]?.ask('POST', '/api/routing/simulate', wrong)).toMatchObject({ status: 400, body: { field: 'request' } });
  });
});
