import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { type UsageRow, usageRowsOf } from '../support/usage-rows.js';

type Json = Readonly<Record<string, unknown>>;

const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
const stated = [
  { model: 'x-preview', modelRatio: '1' },
  { model: 'acme-1', modelRatio: '3', completionRatio: '1' },
];
const openAiModels = [{ name: 'gpt-4o*', modelRatio: 2.5, completionRatio: 4 }];

describe('what a person says of many models by a pattern', () => {
  let upstream: ScriptedUpstream;
  let source: Server;
  let gateway: TestGateway;
  let admin: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    source = createServer((_request, response) => response.end(JSON.stringify({ object: 'price_list', prices: stated })));
    await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(source.address() as AddressInfo).port}/prices.json`;
    const offered = ['gpt-4o', 'o1', 'x-preview', 'y-preview', 'acme-1', 'acme-2', 'acme-off'];
    gateway = await startGateway({
      apply: {
        vendors: { Acme: {} },
        models: [
          ...openAiModels,
          { name: 'o1*', enabled: false },
          { name: '*-preview', enabled: false },
          { name: 'acme*', modelRatio: 1, completionRatio: 1 },
          { name: 'acme-off', enabled: false },
        ],
        channels: [chatChannel('main', upstream.place('main', answers({ text: 'Good.', usage })), offered)],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
        settings: { priceSync: { sources: [{ name: 'list', url, allowPrivate: true }] } },
      },
    });
    admin = (await gateway.command('token', 'create', '--access')).stdout.trim();
    expect((await gateway.command('prices', 'sync')).exitCode).toBe(0);
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    source?.close().closeAllConnections();
  });

  async function ask(method: string, path: string, body?: object): Promise<Json> {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(response.status, `${method} ${path}`).toBe(200);
    return (await response.json()) as Json;
  }

  const call = (model: string) => rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model });
  const statusOf = async (model: string): Promise<number> => (await call(model)).status;
  const entry = (name: string) => ask('GET', `/api/models/entries/${name}`);

  async function receiptOf(model: string): Promise<UsageRow | undefined> {
    const answer = await call(model);
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    let receipt: UsageRow | undefined;
    await eventually('the receipt', async () => {
      receipt = (await usageRowsOf(gateway, openToken.key, 0)).find(({ requestId }) => requestId === answer.headers.get('x-request-id'));
      return receipt !== undefined;
    });
    return receipt;
  }

  async function offeredNames(): Promise<readonly string[]> {
    const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${openToken.key}` } });
    return ((await response.json()) as { readonly data: readonly { readonly id: string }[] }).data.map(({ id }) => id);
  }

  async function publicRatios(): Promise<Json> {
    const { prices } = await ask('GET', '/api/prices');
    return Object.fromEntries((prices as readonly Json[]).map(({ model, modelRatio }) => [model, modelRatio]));
  }

  it('switches a model off of which the gateway has brought an entry', async () => {
    const answer = await call('o1');
    expect([answer.status, answer.json()]).toMatchObject([404, { error: { code: 'model_not_found' } }]);
    expect(await offeredNames()).toEqual(['acme-1', 'acme-2', 'gpt-4o']);
    expect(await publicRatios()).not.toHaveProperty('o1');
    expect(await entry('o1')).toMatchObject({ enabled: false, enabledBy: 'o1*', priceSource: 'preset', pricedBy: 'o1' });
    const { items } = await ask('GET', '/api/models?enabled=false');
    expect((items as readonly Json[]).map(({ name }) => name)).toEqual(['*-preview', 'acme-off', 'o1', 'o1*']);
    expect(await ask('POST', '/api/routing/simulate', { model: 'o1' })).toMatchObject({ enabled: false });
    expect(await ask('POST', '/api/routing/simulate', { model: 'gpt-4o' })).toMatchObject({ enabled: true });
  });

  it('prices a model of which the gateway has brought a price', async () => {
    expect(await receiptOf('gpt-4o')).toMatchObject({ cost: '7500' });
    expect(await publicRatios()).toMatchObject({ 'gpt-4o': '2.5' });
    const own = await entry('gpt-4o');
    expect(own).toMatchObject({ enabled: true, price: { modelRatio: '1.25' }, priceSource: 'preset', pricedBy: 'gpt-4o*' });
    expect(own).not.toHaveProperty('enabledBy');
    await gateway.expectCleanLedger();
  });

  it('is not undone by a price that is taken over for one of them', async () => {
    const { applied } = await ask('POST', '/api/prices/apply-unopposed', { source: 'list' });
    expect((applied as readonly Json[]).map(({ model }) => model)).toEqual(['x-preview']);
    expect(await statusOf('x-preview')).toBe(404);
    expect(await entry('x-preview')).toMatchObject({
      enabled: false,
      enabledBy: '*-preview',
      priceSource: 'synced',
      pricedBy: 'x-preview',
    });
    expect((await gateway.command('prices', 'missing')).stdout).not.toMatch(/preview|o1/);
  });

  it('is a price set by hand, which gives way to nobody who does not say so', async () => {
    const { items } = await ask('GET', '/api/prices/differences');
    const byModel = new Map((items as readonly Json[]).map((difference) => [difference['model'], difference]));
    expect(byModel.get('acme-1')).toMatchObject({ marks: ['local-manual'], local: { source: 'manual', entry: 'acme*' } });
    expect(byModel.get('acme-1')).not.toHaveProperty('choice');
    await ask('POST', '/api/prices/apply-unopposed', {});
    expect(await receiptOf('acme-1')).toMatchObject({ cost: '1500' });
    await ask('POST', '/api/prices/apply', { choices: [{ model: 'acme-1', source: 'list', evenIf: ['local-manual'] }] });
    await eventually('the chosen price', async () => (await publicRatios())['acme-1'] === '3');
    expect(await receiptOf('acme-1')).toMatchObject({ cost: '4500' });
    expect(await receiptOf('acme-2')).toMatchObject({ cost: '1500' });
    await gateway.expectCleanLedger();
  });

  it('is not undone by facts that are stated of many, and is by a person who says so of one', async () => {
    const batch = (change: object) => ask('POST', '/api/model-batch', { models: ['y-preview'], change });
    expect(await batch({ vendor: 'Acme', price: { modelRatio: 1 } })).toMatchObject({
      models: [{ name: 'y-preview', vendor: 'Acme', enabled: false, enabledBy: '*-preview', pricedBy: 'y-preview' }],
    });
    expect(await statusOf('y-preview')).toBe(404);
    await batch({ enabled: true });
    expect([await statusOf('y-preview'), await entry('y-preview')]).toMatchObject([200, { enabled: true, enabledBy: 'y-preview' }]);
    await batch({ enabled: null });
    expect([await statusOf('y-preview'), await statusOf('acme-off')]).toEqual([404, 404]);
  });

  it('gives way to the same price as the one that was brought, once a person states it', async () => {
    await gateway.applied({ models: [...openAiModels, { name: 'gpt-4o', modelRatio: 1.25, completionRatio: 4 }] });
    await eventually('the price of the name', async () => (await publicRatios())['gpt-4o'] === '1.25');
    expect(await entry('gpt-4o')).toMatchObject({ priceSource: 'manual', pricedBy: 'gpt-4o' });
  });
});
