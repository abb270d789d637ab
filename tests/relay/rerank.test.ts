import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { usageRowsOf } from '../support/usage-rows.js';

/** Answers as the vendors' documents print them, blanks included. */
const answers: Readonly<Record<string, string>> = {
  jina: '{"model": "jina-reranker-v3", "usage": {"total_tokens": 38}, "results": [{"index": 1, "relevance_score": 0.61}]}',
  cohere: '{"id": "07734bd2", "results": [{"index": 1, "relevance_score": 0.999071}], "meta": {"billed_units": {"search_units": 1}}}',
};
const paths: Readonly<Record<string, string>> = { jina: '/jina/v1/rerank', cohere: '/cohere/v2/rerank' };

const answering =
  (vendor: string): Behaviour =>
  ({ path, headers }, response) => {
    const isRight = path === paths[vendor] && headers.authorization === `Bearer ${upstreamKey}`;
    response
      .writeHead(isRight ? 200 : 404, { 'content-type': 'application/json' })
      .end(isRight ? answers[vendor] : '{"detail":"Not found"}');
  };

describe('documents are put in order', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const rootOf = (place: string, behaviour: Behaviour): string => upstream.place(place, behaviour).replace(/\/v1$/, '');
    const channel = (name: string, provider: string, model: string, behaviour: Behaviour, priority = 0) => ({
      name,
      provider,
      config: { baseUrl: rootOf(name, behaviour), apiKey: upstreamKey },
      models: [model],
      modelMapping: { [model]: `${model}-upstream` },
      priority,
    });
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts'),
      apply: {
        models: [...pricedByTokens('by-tokens', 'chat-only'), { name: 'by-search', pricePerCall: '0.002' }],
        channels: [
          channel('jina', 'jina', 'by-tokens', answering('jina')),
          channel('down', 'jina', 'by-tokens', refuses(500), 1),
          channel('cohere', 'cohere', 'by-search', answering('cohere')),
          channel('chat', 'openai', 'chat-only', refuses(500)),
        ],
        users: [alice, { username: 'bob', password: 'a long enough password', points: 0 }],
        tokens: [
          openToken,
          ...['jina', 'cohere'].map((name) => ({ name, user: 'alice', key: keyOf(name), unlimited: true })),
          { name: 'poor', user: 'bob', key: keyOf('poor'), unlimited: true },
        ],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function ask(body: string, key = openToken.key, path = '/v1/rerank'): Promise<{ readonly status: number; readonly text: string }> {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  }

  const question = (model: string): string =>
    `{"model": "${model}", "query": "Bern?", "documents": ["A bear.", "A city."], "top_n": 1, "x": 1.50}`;
  const lastBody = (place: string): string | undefined => upstream.requestsTo(place).at(-1)?.body.toString('utf8');

  it.each([
    ['jina', 'by-tokens', '/v1/rerank'],
    ['jina', 'by-tokens', '/v2/rerank'],
    ['cohere', 'by-search', '/v1/rerank'],
    ['cohere', 'by-search', '/v2/rerank'],
  ])('by %s, as %s at %s, with the bytes that came and go', async (place, model, path) => {
    expect(await ask(question(model), openToken.key, path)).toEqual({ status: 200, text: answers[place] });
    expect(lastBody(place)).toBe(question(`${model}-upstream`));
  });

  it('by the next channel where one fails', async () => {
    await ask(question('by-tokens'));
    expect(upstream.requestsTo('down').length).toBeGreaterThan(0);
  });

  it('for what the vendor counted, or by the call', async () => {
    await ask(question('by-tokens'), keyOf('jina'));
    await ask(question('by-search'), keyOf('cohere'));
    const [byTokens] = await usageRowsOf(gateway, keyOf('jina'), 1);
    expect(byTokens).toMatchObject({ usage: { input: 38, output: 0 }, estimated: false, cost: '38' });
    const [bySearch] = await usageRowsOf(gateway, keyOf('cohere'), 1);
    expect(bySearch).toMatchObject({ cost: '1000' });
  });

  it('for nobody who cannot pay', async () => {
    const before = upstream.requests.length;
    expect((await ask(question('by-search'), keyOf('poor'))).status).toBe(402);
    expect(upstream.requests.length).toBe(before);
  });

  it.each([
    ['no documents', { model: 'by-tokens', query: 'Bern?' }, 400, 'documents'],
    ['an empty list', { model: 'by-tokens', query: 'Bern?', documents: [] }, 400, 'documents'],
    ['no query', { model: 'by-tokens', documents: ['x'] }, 400, 'query'],
    ['no model', { query: 'Bern?', documents: ['x'] }, 400, 'model'],
  ])('unless there is %s', async (_what, body, status, field) => {
    const answer = await ask(JSON.stringify(body));
    expect(answer.status).toBe(status);
    const told = JSON.parse(answer.text) as { message: string; error: { message: string; param: string | null } };
    expect(told).toMatchObject({ message: told.error.message, error: { param: field } });
  });

  it('by no channel that cannot', async () => {
    const answer = await ask(question('chat-only'));
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('no_channel');
  });

  it('with clean books', async () => {
    await gateway.expectCleanLedger();
  });
});
