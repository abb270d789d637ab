import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Behaviour, refuses, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

interface Run {
  readonly id: string;
  readonly state: string;
}

interface Listed {
  readonly items: readonly { readonly id: string; readonly name: string; readonly models: readonly string[] }[];
}

const configFile = join(repositoryFolder, 'tests/support/preset-config/tollgate.config.ts');
const hangs: Behaviour = () => undefined;
const nothing = { added: [], addedCount: 0, removed: [], removedCount: 0 };

describe.each(databaseKinds)('the models of many channels on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;
  let listed = ['a', 'left-out'];
  const lists: Behaviour = (_request, response) => sendJson(response, 200, { object: 'list', data: listed.map((id) => ({ id })) });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, behaviour: Behaviour, fields: object = {}) => ({
      name,
      provider: 'openai-compatible',
      config: { baseUrl: upstream.place(name, behaviour) },
      keys: [`sk-${name}-${'0123456789'.repeat(3)}`],
      models: ['a'],
      allowPrivate: true,
      tag: 'follows',
      ...fields,
    });
    gateway = await startGateway({
      configFile,
      database,
      apply: {
        users: [{ username: 'root', role: 'root' }],
        settings: { ledger: { nodeLeaseMs: 3_000 } },
        channels: [
          ...['one', 'two', 'three'].map((name) => channel(name, lists)),
          channel('off', lists, { enabled: false }),
          channel('own list', lists, { syncModels: false }),
          channel('refusing', refuses(401, { error: { message: 'No.' } }), { tag: 'other' }),
          channel('slow', hangs, { tag: 'slow' }),
        ],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const start = (filter: object): Promise<Run> => root.done('POST', '/api/channel-runs', { kind: 'models', filter });
  const one = (id: string): Promise<Run> => root.done('GET', `/api/channel-runs/${id}`);
  const items = async (id: string) => (await root.done<{ items: readonly object[] }>('GET', `/api/channel-runs/${id}/channels`)).items;
  const modelsOf = async (query: string) =>
    new Map((await root.done<Listed>('GET', `/api/channels?${query}`)).items.map(({ name, models }) => [name, models]));
  async function over(id: string): Promise<Run> {
    await eventually('the run is over', async () => (await one(id)).state === 'done', 20_000);
    return one(id);
  }

  it('follow their upstreams as each would by itself, and say what has come and gone', async () => {
    const first = await start({ tag: 'follows' });
    expect(await over(first.id)).toMatchObject({ kind: 'models', total: 4, done: 4, failed: 0, leftOut: 1 });
    // What there was to choose from was chosen by somebody.
    expect((await items(first.id)).map((item) => Reflect.get(item, 'models'))).toEqual(Array.from({ length: 4 }, () => nothing));
    listed = ['a', 'left-out', 'new'];
    const second = await start({ tag: 'follows' });
    await over(second.id);
    const added = { ...nothing, added: ['new'], addedCount: 1 };
    expect(await items(second.id)).toMatchObject(['off', 'one', 'three', 'two'].map((name) => ({ name, ok: true, models: added })));
    expect(Object.fromEntries(await modelsOf('tag=follows'))).toEqual({
      off: ['a', 'new'],
      one: ['a', 'new'],
      'own list': ['a'],
      three: ['a', 'new'],
      two: ['a', 'new'],
    });
    const { items: changes } = await root.done<{ items: readonly { readonly author: object }[] }>('GET', '/api/audit?name=one&limit=1');
    expect(changes[0]?.author).toMatchObject({ kind: 'api', userId: expect.any(String), requestId: expect.any(String) });
  });

  it('stay where their upstreams do not say', async () => {
    const { id } = await start({ tag: 'other' });
    expect(await over(id)).toMatchObject({ total: 1, done: 1, failed: 1 });
    expect(await items(id)).toMatchObject([
      { name: 'refusing', ok: false, problem: { code: expect.any(String), message: expect.any(String) } },
    ]);
    expect((await modelsOf('tag=other')).get('refusing')).toEqual(['a']);
  });

  it('are brought up to date by one run at a time, which can be ended', async () => {
    const asked = upstream.requestsTo('slow').length;
    const { id } = await start({ tag: 'slow' });
    await eventually('its upstream is asked', () => upstream.requestsTo('slow').length > asked);
    expect(await root.ask('POST', '/api/channel-runs', { kind: 'models' })).toMatchObject({ status: 409 });
    expect(await root.done('POST', `/api/channel-runs/${id}/cancel`)).toMatchObject({ state: 'cancelled', done: 0 });
    await eventually('the question is broken off', () => upstream.openResponses() === 0);
    expect((await items(id))[0]).not.toHaveProperty('at');
    expect(await root.ask('POST', '/api/channel-runs', { kind: 'models', model: 'a' })).toMatchObject({ status: 400 });
  });

  it('go on being brought up to date where a node was killed', async () => {
    const asked = upstream.requestsTo('slow').length;
    const { id } = await start({ tag: 'slow' });
    await eventually('its upstream is asked', () => upstream.requestsTo('slow').length > asked);
    await gateway.kill('SIGKILL');
    upstream.place('slow', lists);
    await gateway.start();
    expect(await over(id)).toMatchObject({ total: 1, done: 1, failed: 0 });
    expect(await items(id)).toMatchObject([{ name: 'slow', ok: true, models: nothing }]);
    // Of the run that was ended nothing is told as a failure.
    expect(gateway.logs).not.toContain('could not be asked');
  });
});
