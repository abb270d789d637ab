import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Channel {
  readonly id: string;
  readonly name: string;
  readonly health: { readonly keys: number; readonly models: object };
}

interface Key {
  readonly id: string;
  readonly hint: string;
  readonly shut?: { readonly state: string };
}

const secretOf = (name: string): string => `sk-${name}-${'0123456789'.repeat(3)}-${name}`;
const refuses =
  (status: number, message: string): Behaviour =>
  (request, response) => {
    const sent = String(request.headers['authorization']);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: `${message} (${sent})` } }));
  };

describe.each(databaseKinds)('a test of a channel on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  let channels: ReadonlyMap<string, Channel>;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, behaviour: Behaviour, fields: object = {}) => ({
      name,
      provider: 'openai-compatible',
      config: { baseUrl: upstream.place(name, behaviour) },
      keys: [secretOf(name), secretOf(`${name}-2`)],
      keyOrder: 'in-turn' as const,
      models: ['m', 'n'],
      allowPrivate: true,
      ...fields,
    });
    const usage = { prompt_tokens: 9, completion_tokens: 3 };
    gateway = await startGateway({
      database,
      apply: {
        users: [
          { username: 'root', role: 'root', points: 1_000 },
          { username: 'eve', role: 'user' },
        ],
        channels: [
          channel('good', answers({ text: 'Hello to you.', usage }), {
            testModel: 'n',
            modelMapping: { n: 'upstream-n' },
            parameters: [{ set: { seed: 7 } }],
            headers: [{ set: { 'x-place': 'here' } }],
          }),
          channel('refusing', refuses(401, 'No such key')),
          channel('away', answers(), { config: { baseUrl: 'http://127.0.0.1:9/v1' } }),
          channel('inside', answers(), { allowPrivate: false, config: { baseUrl: `http://${hostname()}:9/v1` } }),
          channel('off', answers({ text: 'Off.' }), { enabled: false }),
        ],
      },
    });
    root = await ManagementClient.of(gateway);
    const { items } = await root.done<{ items: readonly Channel[] }>('GET', '/api/channels');
    channels = new Map(items.map((item) => [item.name, item]));
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const pathOf = (name: string, rest = ''): string => `/api/channels/${channels.get(name)?.id}${rest}`;
  const keysOf = async (name: string): Promise<readonly Key[]> =>
    (await root.done<{ items: readonly Key[] }>('GET', pathOf(name, '/keys'))).items;

  it('goes as calls go and shows how the answer begins, streamed or not, at nobody’s cost', async () => {
    const before = await root.done('GET', '/api/account');
    for (const stream of [false, true]) {
      const report = await root.done('POST', pathOf('good', '/test'), { stream });
      expect(report).toMatchObject({
        ok: true,
        model: 'n',
        upstreamModel: 'upstream-n',
        dialect: 'openai-chat',
        lane: 'pass',
        stream,
        status: 200,
        text: 'Hello to you.',
        usage: { inputText: 9, outputText: 3 },
      });
      expect(report).toMatchObject({ durationMs: expect.any(Number) as number, firstByteMs: expect.any(Number) as number });
      const sent = upstream.requestsTo('good').at(-1);
      expect(JSON.parse(String(sent?.body))).toMatchObject({ model: 'upstream-n', seed: 7 });
      expect(sent?.headers['x-place']).toBe('here');
    }
    expect(await root.done('GET', '/api/account')).toEqual(before);
    expect((await root.done<{ items: readonly unknown[] }>('GET', '/api/usage')).items).toEqual([]);
    await gateway.expectCleanLedger();
  });

  it('takes the next key, or the one that is named, in the language that is wanted', async () => {
    const [first, second] = await keysOf('good');
    const hints = new Set<string>();
    for (let round = 0; round < 2; round += 1)
      hints.add((await root.done<{ keyHint: string }>('POST', pathOf('good', '/test'), { model: 'm' })).keyHint);
    expect(hints).toEqual(new Set([first?.hint, second?.hint]));
    const chosen = { keyId: second?.id, dialect: 'claude-messages', model: 'm', stream: true };
    expect(await root.done('POST', pathOf('good', '/test'), chosen)).toMatchObject({
      ok: true,
      keyId: second?.id,
      lane: 'translate',
      dialect: 'claude-messages',
      text: 'Hello to you.',
    });
    expect(await root.ask('POST', pathOf('good', '/test'), { dialect: 'klingon' })).toMatchObject({
      status: 400,
      body: { code: 'invalid_parameter', field: 'dialect' },
    });
    expect(await root.ask('POST', pathOf('good', '/test'), { keyId: 'x' })).toMatchObject({ body: { code: 'channel_key_not_found' } });
    expect(await root.ask('POST', '/api/channels/x/test', {})).toMatchObject({ status: 404, body: { code: 'channel_not_found' } });
  });

  it('tells what is wrong, without the key, and takes out what the failure is about until it answers again', async () => {
    const [first] = await keysOf('refusing');
    const wish = { keyId: first?.id };
    const report = await root.done<object>('POST', pathOf('refusing', '/test'), wish);
    expect(report).toMatchObject({ ok: false, status: 401, failure: { kind: 'authentication', scope: 'key' } });
    expect(JSON.stringify(report)).toContain('No such key');
    expect(JSON.stringify(report)).not.toContain(secretOf('refusing'));
    expect((await keysOf('refusing'))[0]?.shut).toMatchObject({ state: 'disabled' });
    upstream.place('refusing', answers({ text: 'Back.' }));
    expect(await root.done('POST', pathOf('refusing', '/test'), wish)).toMatchObject({ ok: true, text: 'Back.' });
    expect((await keysOf('refusing'))[0]).not.toHaveProperty('shut');
    expect(gateway.logs).not.toContain(secretOf('refusing'));
  });

  it('is remembered', async () => {
    expect(await root.done('GET', pathOf('off', '/test'))).toEqual({});
    expect(await root.done('GET', pathOf('refusing', '/test'))).toMatchObject({ test: { report: { ok: true, model: 'm' } } });
  });

  it('reaches channels that are switched off, and no private network', async () => {
    expect(await root.done('POST', pathOf('off', '/test'), {})).toMatchObject({ ok: true, text: 'Off.' });
    expect(await root.done('POST', pathOf('away', '/test'), {})).toMatchObject({
      ok: false,
      failure: { code: 'upstream_connection_failed', scope: 'channel' },
    });
    expect(await root.done('POST', pathOf('inside', '/test'), {})).toMatchObject({ ok: false, failure: { code: 'address_refused' } });
  });

  it('is given up after the time that is set, and logged', async () => {
    upstream.place('good', () => undefined);
    await root.done('PUT', '/api/settings/channelTests', { timeoutMs: 200 });
    expect(await root.done('POST', pathOf('good', '/test'), { model: 'm' })).toMatchObject({
      ok: false,
      failure: { code: 'upstream_timeout' },
    });
    await eventually('its request has ended', async () => upstream.openResponses() === 0);
    expect(gateway.logs).toContain('A channel was tested');
    const eve = await ManagementClient.of(gateway, 'eve');
    expect(await eve.ask('POST', pathOf('good', '/test'), {})).toMatchObject({ status: 403 });
  });
});

describe.each(databaseKinds)('tests by themselves on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, fields: object = {}) => ({
      name,
      provider: 'openai-compatible',
      config: { baseUrl: upstream.place(name, answers({ text: 'Well.' })) },
      keys: [secretOf(name)],
      models: ['m'],
      allowPrivate: true,
      ...fields,
    });
    gateway = await startGateway({
      database,
      apply: {
        users: [{ username: 'root', role: 'root' }],
        settings: { channelTests: { everyMinutes: 60, scheduled: 'all' }, health: { openAfterFailures: 1, coolDownMs: 600_000 } },
        models: [{ name: 'talks', type: 'chat' }],
        channels: [
          channel('one'),
          channel('two'),
          channel('off', { enabled: false }),
          channel('unknown', { config: { baseUrl: upstream.place('nowhere', refuses(404, 'No such model')) }, models: ['mystery'] }),
          channel('missing', { config: { baseUrl: upstream.place('gone', refuses(404, 'No such model')) }, models: ['talks'] }),
          channel('pattern', { models: ['some-*'] }),
        ],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it('are made once of every channel that is enabled', async () => {
    const { items } = await root.done<{ items: readonly Channel[] }>('GET', '/api/channels?state=enabled');
    for (const { id } of items.filter(({ name }) => ['one', 'two'].includes(name)))
      await eventually('the channel is tested', async () => {
        const { test } = await root.done<{ test?: { report: { ok: boolean } } }>('GET', `/api/channels/${id}/test`);
        return test?.report.ok === true;
      });
    expect(['one', 'two', 'off'].map((name) => upstream.requestsTo(name).length)).toEqual([1, 1, 0]);
  });

  it('take a model for gone only where they know that it is for what they ask, and tell why a channel cannot be tested', async () => {
    const { items } = await root.done<{ items: readonly Channel[] }>('GET', '/api/channels');
    const codeOf = async (name: string): Promise<string | undefined> => {
      const path = `/api/channels/${items.find((item) => item.name === name)?.id}/test`;
      return (await root.done<{ test?: { report: { failure?: { code: string } } } }>('GET', path)).test?.report.failure?.code;
    };
    for (const name of ['unknown', 'missing', 'pattern'])
      await eventually(`${name} is tested`, async () => (await codeOf(name)) !== undefined);
    expect(await codeOf('pattern')).toBe('test_model_missing');
    const after = (await root.done<{ items: readonly Channel[] }>('GET', '/api/channels')).items;
    const modelsOf = (name: string): object | undefined => after.find((item) => item.name === name)?.health.models;
    expect(modelsOf('missing')).not.toEqual(modelsOf('one'));
    expect(modelsOf('unknown')).toEqual(modelsOf('one'));
  });
});
