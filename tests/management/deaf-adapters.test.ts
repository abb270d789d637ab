import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { ManagementClient } from './management-client.js';

interface Run {
  readonly id: string;
  readonly state: string;
  readonly done: number;
}

describe('adapters that never come back with a signature', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let root: ManagementClient;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const channel = (name: string, provider: string) => ({
      name,
      provider,
      config: { baseUrl: upstream.place(name, answers({ text: 'Hi.' })), apiKey: 'sk-of-nobody' },
      models: ['m'],
      allowPrivate: true,
    });
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/signing-config/tollgate.config.ts'),
      apply: {
        users: [{ username: 'root', role: 'root' }],
        settings: { channelTests: { timeoutMs: 1_000 } },
        channels: [channel('deaf', 'deaf'), channel('good', 'openai')],
      },
    });
    root = await ManagementClient.of(gateway);
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const start = (filter: object = {}): Promise<Run> => root.done('POST', '/api/channel-runs', { kind: 'test', filter });
  const one = (id: string): Promise<Run> => root.done('GET', `/api/channel-runs/${id}`);
  const over = (id: string): Promise<void> => eventually('the run is over', async () => (await one(id)).state === 'done', 20_000);

  /** A run that has the deaf one left, which would be waited for as long as tests may take. */
  async function stuck(): Promise<string> {
    await root.done('PUT', '/api/settings/channelTests', { timeoutMs: 120_000 });
    const { id } = await start();
    await eventually('all but the deaf one are tested', async () => (await one(id)).done === 1);
    return id;
  }

  it('fail their tests in the time that those have', async () => {
    const { id } = await start();
    await over(id);
    const { items } = await root.done<{ items: readonly object[] }>('GET', `/api/channel-runs/${id}/channels`);
    expect(items).toMatchObject([
      { name: 'deaf', ok: false, tests: [{ ok: false, failure: { code: 'upstream_timeout' } }] },
      { name: 'good', ok: true },
    ]);
  });

  it('do not keep a run that was ended from making room', async () => {
    const id = await stuck();
    await root.done('POST', `/api/channel-runs/${id}/cancel`);
    await over((await start({ name: 'good' })).id);
  });

  it('do not keep a list of models from being given up', async () => {
    const { items } = await root.done<{ items: readonly { readonly id: string }[] }>('GET', '/api/channels?name=deaf');
    const listed = await root.done('GET', `/api/channels/${items[0]?.id}/models`);
    expect(listed).toMatchObject({ models: [], failure: { code: 'upstream_timeout' } });
  });

  it('do not keep the gateway from stopping', async () => {
    await stuck();
    expect(await gateway.kill('SIGTERM')).toBe(0);
  });
});
