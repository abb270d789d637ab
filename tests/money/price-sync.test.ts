import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { claude } from '@tollgate/adapter-claude';
import { geminiProvider } from '@tollgate/adapter-gemini';
import { openai, openaiCompatible } from '@tollgate/adapter-openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alice, chatChannel, keyOf, openToken } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

type Json = Readonly<Record<string, unknown>>;

/** Serves JSON by path, and a page for people everywhere else, as gateways with a console do. */
async function serve(answers: Json): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Console</title>');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

const newApiPricing = {
  success: true,
  data: [
    { model_name: 'shared', quota_type: 0, model_ratio: 2, model_price: 0, completion_ratio: 3, enable_groups: ['default'] },
    { model_name: 'disputed', quota_type: 0, model_ratio: 2, model_price: 0, completion_ratio: 3 },
    { model_name: 'by-hand', quota_type: 0, model_ratio: 9, model_price: 0, completion_ratio: 1 },
    { model_name: 'wrong-unit', quota_type: 0, model_ratio: 2_000_000, model_price: 0, completion_ratio: 1 },
    { model_name: 'negative', quota_type: 0, model_ratio: -1, model_price: 0, completion_ratio: 1 },
  ],
  group_ratio: { default: 1 },
};
const ownList = {
  object: 'price_list',
  currency: 'USD',
  prices: [
    { model: 'disputed', modelRatio: '2.5', completionRatio: '3' },
    { model: 'per-call', pricePerCall: '0.02' },
  ],
};
const upstreamModels = { object: 'list', data: [{ id: 'vendor/first', pricing: { prompt: '0.0000011', completion: '0.0000044' } }] };
/** What a fresh gateway has prices for. */
const presets = ['gpt-3.5-turbo', 'gpt-4o', 'gpt-4o-mini', 'gpt-image-1', 'o1'];
const offered = ['shared', 'disputed', 'per-call', 'first', 'wrong-unit', 'negative'];

function isNoPreset({ model }: Json): boolean {
  return !presets.includes(String(model));
}

describe('prices of others', () => {
  const servers: Server[] = [];
  let gateway: TestGateway;
  let accessToken: string;

  beforeAll(async () => {
    const [newApi, own, upstream] = await Promise.all([
      serve({ '/api/pricing': newApiPricing }),
      serve({ '/api/prices': ownList }),
      serve({ '/v1/models': upstreamModels }),
    ]);
    servers.push(newApi.server, own.server, upstream.server);
    gateway = await startGateway({
      apply: {
        models: [{ name: 'by-hand', modelRatio: 1, completionRatio: 1 }],
        users: [alice, { username: 'root', role: 'root' }, { username: 'admin', role: 'admin' }],
        tokens: [openToken],
        channels: [chatChannel('main', `${upstream.url}/v1`, [...offered, 'by-hand'], { modelMapping: { first: 'vendor/first' } })],
        settings: {
          priceSync: {
            sources: [
              { name: 'new api', url: newApi.url, allowPrivate: true },
              { name: 'tollgate', url: own.url, allowPrivate: true },
              { name: 'hidden', url: own.url },
            ],
          },
        },
      },
    });
    accessToken = (await command('token', 'create', '--access')).trim();
  });
  afterAll(async () => {
    await gateway?.stop();
    for (const server of servers) server.close().closeAllConnections();
  });

  async function command(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await gateway.command(...args);
    expect(exitCode, stderr).toBe(0);
    return stdout;
  }

  async function ask(path: string, body?: Json, credential = accessToken): Promise<{ status: number; body: Json }> {
    const response = await fetch(`${gateway.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  }

  async function differences(): Promise<readonly Json[]> {
    return (await allDifferences('')).filter(isNoPreset);
  }

  async function allDifferences(query: string): Promise<readonly Json[]> {
    const found: Json[] = [];
    let cursor = '';
    do {
      const { body } = await ask(`/api/prices/differences?limit=200${query}${cursor}`);
      found.push(...(body['items'] as readonly Json[]));
      cursor = typeof body['next'] === 'string' ? `&cursor=${body['next']}` : '';
    } while (cursor !== '');
    return found;
  }

  /** What anybody can read. */
  async function published(): Promise<readonly Json[]> {
    const response = await fetch(`${gateway.url}/api/prices`);
    expect(response.headers.get('cache-control')).toBe('public, max-age=60');
    return ((await response.json()) as { readonly prices: readonly Json[] }).prices.filter(isNoPreset);
  }

  it('are asked for in the background, and their progress is told', async () => {
    expect(await ask('/api/prices/sync', {})).toMatchObject({ status: 200, body: { run: { state: 'queued' } } });
    let run: Json = {};
    await eventually('the end of the run', async () => {
      run = (await ask('/api/prices/sync')).body['run'] as Json;
      return run['state'] === 'done';
    });
    expect(run).toMatchObject({
      sourcesDone: 4,
      sourcesTotal: 4,
      sources: [
        { source: 'channel:main', kind: 'channel', state: 'read', prices: 1 },
        {
          source: 'new api',
          state: 'read',
          prices: 3,
          refused: [
            { model: 'wrong-unit', problem: expect.stringContaining('another unit') as string },
            { model: 'negative', problem: expect.stringContaining('modelRatio') as string },
          ],
        },
        { source: 'tollgate', state: 'read', prices: 2 },
        { source: 'hidden', state: 'failed', problem: expect.stringContaining('private network') as string },
      ],
    });
  });

  it('are compared with those in force, conflicts marked', async () => {
    const found = await differences();
    expect(found.map(({ model, marks, choice }) => [model, marks, choice])).toEqual([
      ['by-hand', ['local-manual'], undefined],
      ['disputed', ['new', 'sources-disagree'], undefined],
      ['first', ['new'], 'channel:main'],
      ['per-call', ['new'], 'tollgate'],
      ['shared', ['new'], 'new api'],
    ]);
    expect(found[2]).toMatchObject({ quotes: [{ source: 'channel:main', dollars: { input: '1.1', output: '4.4' } }] });
    const text = await command('prices', 'list');
    expect(text).toMatch(/^by-hand +new api +input 2 → 18, output 2 → 18 +local-manual$/m);
    expect(text).toMatch(/^\d+ models differ, \d+ without any conflict\.$/m);
  });

  it("are those of a vendor's page, too, where an adapter has them on record", async () => {
    const found = await allDifferences('&everything=true');
    const known = new Set(found.map(({ model }) => model));
    expect(known.size, 'each once').toBe(found.length);
    const hinted = [openai, openaiCompatible, claude, geminiProvider].flatMap(({ prices = [] }) => prices.flatMap(({ models }) => models));
    expect(hinted.filter(({ model }) => !known.has(model))).toEqual([]);
    expect(found.find(({ model }) => model === 'gpt-3.5-turbo')).toMatchObject({
      local: { dollars: { input: '0.5', output: '1' }, source: 'preset' },
      choice: 'list:OpenAI',
      quotes: [{ source: 'list:OpenAI', page: expect.stringMatching(/^https:/) as string, dollars: { input: '0.5', output: '1.5' } }],
    });
    expect(found.find(({ model }) => model === 'deepseek-v4-pro')).toMatchObject({
      quotes: [{ source: 'list:DeepSeek', dollars: { input: '0.66', 'from 01:00 until 04:00 UTC': '2' } }],
    });
    expect(found.find(({ model }) => model === 'gpt-5.4')).toMatchObject({
      quotes: [{ dollars: { output: '15', 'output above 271999': '22.5', '1000 webSearch': '10' } }],
    });
    expect(found.find(({ model }) => model === 'sora-2-pro')).toMatchObject({
      quotes: [{ dollars: { second: '0.3', 'second 1024x1792': '0.5' } }],
    });
  });

  it('are no business of callers', async () => {
    expect(await ask('/api/prices/differences', undefined, keyOf('open'))).toMatchObject({
      status: 403,
      body: { code: 'permission_denied' },
    });
  });

  it('are seen by admins, and taken over by root alone', async () => {
    const admin = (await command('token', 'create', '--access', '--user', 'admin')).trim();
    const writing: readonly (readonly [string, Json])[] = [
      ['/api/prices/sync', {}],
      ['/api/prices/apply', { choices: [{ model: 'gpt-4o', source: 'list:OpenAI', evenIf: [] }] }],
      ['/api/prices/apply-unopposed', { source: 'hidden' }],
    ];
    for (const path of ['/api/prices/differences', '/api/prices/sync', '/api/prices/missing'])
      expect([path, (await ask(path, undefined, admin)).status]).toEqual([path, 200]);
    for (const [path, body] of writing) {
      expect(await ask(path, body, admin)).toMatchObject({ status: 403, body: { code: 'permission_denied' } });
      expect([path, (await ask(path, body)).status]).not.toEqual([path, 403]);
    }
  });

  it('are taken over where chosen, all or none', async () => {
    const both = {
      choices: [
        { model: 'disputed', source: 'tollgate', evenIf: [] },
        { model: 'by-hand', source: 'new api' },
      ],
    };
    expect(await ask('/api/prices/apply', both)).toMatchObject({ status: 409, body: { code: 'price_choice_refused' } });
    expect((await published()).map(({ model }) => model)).toEqual(['by-hand']);
    expect(await ask('/api/prices/apply', { choices: both.choices.slice(0, 1) })).toMatchObject({
      status: 200,
      body: { applied: [{ model: 'disputed', source: 'tollgate', after: { input: '5', output: '15' } }] },
    });
    const refused = await gateway.command('prices', 'apply', '--model', 'by-hand', '--from', 'new api');
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('evenIf: local-manual') as string });
  });

  it('are taken over from the command line where nothing speaks against it, and published', async () => {
    const { applied } = JSON.parse(await command('prices', 'apply', '--all', '--json')) as { readonly applied: readonly Json[] };
    expect(applied.filter(isNoPreset).map(({ model, source }) => [model, source])).toEqual([
      ['first', 'channel:main'],
      ['per-call', 'tollgate'],
      ['shared', 'new api'],
    ]);
    await eventually('the new prices', async () => (await published()).length === 5);
    expect(await published()).toMatchObject([
      { model: 'by-hand', modelRatio: '1', dollars: { input: '2', output: '2' } },
      { model: 'disputed', modelRatio: '2.5', dollars: { input: '5', output: '15' } },
      { model: 'first', dollars: { input: '1.1', output: '4.4' } },
      { model: 'per-call', pricePerCall: '0.02', dollars: { call: '0.02' } },
      { model: 'shared', modelRatio: '2', completionRatio: '3' },
    ]);
    expect(await command('prices', 'apply', '--all')).toBe('No price was changed.\n');
    expect(await gateway.command('prices', 'apply', '--all', '--from', 'list:NoSuch')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('There are: channel:main, new api, tollgate, hidden, list:OpenAI') as string,
    });
  });

  it('can be those of a gateway like this one', async () => {
    await gateway.applied({ settings: { priceSync: { sources: [{ name: 'mirror', url: gateway.url, allowPrivate: true }] } } });
    const { run, differences: left } = JSON.parse(await command('prices', 'sync', '--json')) as {
      readonly run: Json;
      readonly differences: readonly Json[];
    };
    expect(run).toMatchObject({ sources: [{ source: 'channel:main' }, { source: 'mirror', state: 'read', refused: [] }] });
    expect(left).toEqual([]);
  });

  it('are not told where the operator keeps them to himself', async () => {
    await gateway.applied({ settings: { priceSync: { publish: false } } });
    await eventually('the list to be hidden', async () => (await fetch(`${gateway.url}/api/prices`)).status === 404);
  });
});

describe('prices of others, on a schedule', () => {
  it('are taken over by themselves, but for those set by hand', async () => {
    const { url, server } = await serve({ '/api/ratio_config': { success: true, data: { model_ratio: { free: 3, 'by-hand': 4 } } } });
    const gateway = await startGateway({
      apply: {
        models: [{ name: 'by-hand', modelRatio: 1 }, { name: 'free' }],
        settings: { priceSync: { everyHours: 1, scheduled: 'apply', sources: [{ name: 'other', url, allowPrivate: true }] } },
      },
    });
    const published = async () => {
      const { prices } = (await (await fetch(`${gateway.url}/api/prices`)).json()) as { readonly prices: readonly Json[] };
      return prices.filter(isNoPreset);
    };
    try {
      await eventually('the scheduled prices', async () => (await published()).length === 2);
      expect(await published()).toMatchObject([
        { model: 'by-hand', modelRatio: '1' },
        { model: 'free', modelRatio: '3' },
      ]);
    } finally {
      await gateway.stop();
      server.close().closeAllConnections();
    }
  });
});
