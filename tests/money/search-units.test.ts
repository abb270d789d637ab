import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, openToken, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';

/** Points of one search unit at 0.002 dollars. */
const unitPoints = 1_000;
const tokens = ['stated', 'silent', 'thrifty', 'absurd', 'failing', 'by-tokens', 'other-form', 'gpt-4o', 'nested'] as const;

/** Puts one document first, and says that it made so many searches; undefined for servers that do not say. */
const reranks =
  (searchUnits: number | undefined): Behaviour =>
  (_request, response) =>
    sendJson(response, 200, {
      results: [{ index: 0, relevance_score: 0.9 }],
      ...(searchUnits === undefined ? {} : { meta: { billed_units: { search_units: searchUnits } } }),
    });

/** As servers answer that took over the form and count by tokens. */
const otherForm: Behaviour = (_request, response) =>
  sendJson(response, 200, {
    results: [{ index: 0, relevance_score: 0.9 }],
    meta: { billed_units: { search_units: 0 }, tokens: { input_tokens: 28 } },
  });

describe.each(databaseKinds)('a model that is priced by the search, on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const places: Readonly<Record<string, Behaviour>> = {
      stated: reranks(2),
      silent: reranks(undefined),
      absurd: reranks(50_000),
      'by-tokens': reranks(1),
      'other-form': otherForm,
      // Of a family whose tokens can be counted.
      'gpt-4o': reranks(undefined),
      nested: reranks(1),
      failing: (_request, response) => sendJson(response, 400, { message: 'no' }),
    };
    const models = [...Object.keys(places), 'chat'];
    gateway = await startGateway({
      database,
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: {
        models: models.map((name) => (name === 'by-tokens' ? { name, modelRatio: 1 } : { name, pricePerSearch: '0.002' })),
        channels: [
          ...Object.entries(places).map(([name, behaviour]) => ({
            name,
            provider: 'cohere',
            config: { baseUrl: upstream.place(name, behaviour).replace(/\/v1$/, ''), apiKey: upstreamKey },
            models: [name],
          })),
          chatChannel('chat', upstream.place('chat', answers()), ['chat']),
        ],
        users: [alice, { username: 'bob', password: 'a long enough password', points: 2.5 * unitPoints }],
        tokens: [
          openToken,
          ...tokens.map((name) => ({ name, user: name === 'thrifty' ? 'bob' : 'alice', key: keyOf(name), unlimited: true })),
        ],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const texts = (count: number, bytes = 10): readonly string[] => Array.from({ length: count }, () => 'x'.repeat(bytes));

  async function ask(model: string, token: string, documents: readonly string[]): Promise<Response> {
    const headers = { authorization: `Bearer ${keyOf(token)}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model, query: 'Bern?', documents });
    const response = await fetch(`${gateway.url}/v2/rerank`, { method: 'POST', headers, body });
    await response.clone().text();
    return response;
  }

  it('costs the units that are stated, held as what they may be at most', async () => {
    const response = await ask('stated', 'stated', texts(100, 900));
    expect(response.status).toBe(200);
    expect(response.headers.get('x-tollgate-cost')).toBe(String(2 * unitPoints));
    const [receipt] = await usageRowsOf(gateway, keyOf('stated'), 1);
    // Two parts of each document, if every byte were a token.
    expect(receipt).toMatchObject({ cost: '2000', held: '2000', searchUnits: 2, estimated: false, uncollected: '0', suspicious: false });
  });

  it('costs what the number of documents says where the answer does not, and says that it is an estimate', async () => {
    expect((await ask('silent', 'silent', texts(250, 900))).status).toBe(200);
    const [receipt] = await usageRowsOf(gateway, keyOf('silent'), 1);
    expect(receipt).toMatchObject({ cost: '3000', held: '5000', searchUnits: 3, estimated: true });
  });

  it('costs as much where the answer states none of them, or where tokens are counted', async () => {
    for (const name of ['other-form', 'gpt-4o'] as const) {
      expect((await ask(name, name, texts(101))).status).toBe(200);
      const [receipt] = await usageRowsOf(gateway, keyOf(name), 1);
      expect({ name, ...receipt }).toMatchObject({ name, cost: '2000', searchUnits: 2, estimated: true });
    }
  });

  it('is something else than one by tokens, for which searches say nothing', async () => {
    expect((await ask('by-tokens', 'by-tokens', texts(10, 400))).status).toBe(200);
    const [receipt] = await usageRowsOf(gateway, keyOf('by-tokens'), 1);
    expect(receipt).toMatchObject({ ending: 'no-usage', estimated: true, searchUnits: 1 });
    expect(Number(receipt?.cost)).toBeGreaterThan(100);
  });

  it('takes documents however deeply they are nested', async () => {
    const deep = `${'['.repeat(6_000)}"x"${']'.repeat(6_000)}`;
    const headers = { authorization: `Bearer ${keyOf('nested')}`, 'content-type': 'application/json' };
    const body = `{"model":"nested","query":"Bern?","documents":[${deep}]}`;
    const response = await fetch(`${gateway.url}/v2/rerank`, { method: 'POST', headers, body });
    expect({ status: response.status, text: await response.text() }).toMatchObject({ status: 200 });
  });

  it('is not asked where the balance may not be enough, and takes what is charged from it', async () => {
    expect((await ask('stated', 'thrifty', texts(300))).status).toBe(402);
    expect(upstream.requestsTo('stated').length).toBe(1);
    expect((await ask('stated', 'thrifty', texts(200))).status).toBe(200);
    await usageRowsOf(gateway, keyOf('thrifty'), 1);
    expect(await accountOf(gateway, keyOf('thrifty'))).toMatchObject({ balance: '500', held: '0' });
  });

  it('costs no more than one call can have made', async () => {
    expect((await ask('absurd', 'absurd', texts(1))).status).toBe(200);
    const [receipt] = await usageRowsOf(gateway, keyOf('absurd'), 1);
    expect(receipt).toMatchObject({ suspicious: true, searchUnits: 1, cost: '1000' });
  });

  it('costs nothing where nothing was put in order', async () => {
    expect((await ask('failing', 'failing', texts(1))).status).toBe(400);
    const [receipt] = await usageRowsOf(gateway, keyOf('failing'), 1);
    expect(receipt).toMatchObject({ cost: '0' });
  });

  it('is refused to callers who want something else, before anything is held', async () => {
    const headers = { authorization: `Bearer ${openToken.key}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'Hello' }] });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('price_not_applicable');
    expect(upstream.requestsTo('chat')).toEqual([]);
  });

  it('stands in the public list of prices, and not in the form that cannot say it', async () => {
    const listed = (await (await fetch(`${gateway.url}/api/prices`)).json()) as { prices: { model: string }[] };
    expect(listed.prices.find(({ model }) => model === 'stated')).toMatchObject({ pricePerSearch: '0.002' });
    const foreign = (await (await fetch(`${gateway.url}/api/pricing`)).json()) as { data: { model_name: string }[] };
    expect(foreign.data.map((row) => row.model_name)).not.toContain('stated');
  });

  it('with clean books', async () => {
    await gateway.expectCleanLedger();
  });
});
