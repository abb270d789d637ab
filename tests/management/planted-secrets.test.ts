import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { ManagementClient } from './management-client.js';

const secrets = {
  keyInConfig: 'sk-planted-in-config-0123456789abcdef',
  keyInList: 'sk-planted-in-list-0123456789abcdef',
  keyOverApi: 'sk-planted-over-api-0123456789abcdef',
  proxyPassword: 'planted-proxy-password-0123',
  password: 'planted-user-password-0123',
  tokenKey: `sk-${'planted'.repeat(7)}`,
  masterSecret: 'planted master secret of the gateway',
};

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

describe('planted secrets', () => {
  let gateway: TestGateway;
  let root: ManagementClient;
  let accessToken: string;
  const said: string[] = [];

  beforeAll(async () => {
    const config = { baseUrl: 'http://127.0.0.1:9/v1' };
    const common = { provider: 'openai-compatible', models: ['m'], allowPrivate: true };
    gateway = await startGateway({
      environment: { TOLLGATE_SECRET: secrets.masterSecret, LOG_LEVEL: 'debug' },
      apply: {
        models: [{ name: 'm', modelRatio: 1 }],
        channels: [
          {
            ...common,
            name: 'one',
            config: { ...config, apiKey: secrets.keyInConfig },
            proxy: `http://me:${secrets.proxyPassword}@127.0.0.1:9`,
          },
          { ...common, name: 'many', config, keys: [secrets.keyInList] },
        ],
        users: [{ username: 'root', role: 'root', password: secrets.password, points: 1_000 }],
        tokens: [{ name: 'program', user: 'root', key: secrets.tokenKey, unlimited: true }],
      },
    });
    const { stdout } = await gateway.command('token', 'create', '--access');
    accessToken = stdout.trim();
    root = new ManagementClient(gateway, accessToken);
  });
  afterAll(() => gateway?.stop());

  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await root.ask(method, path, body);
    said.push(`${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  it('are in no answer, no error and no line of the log', async () => {
    const { channels } = (await ask('POST', '/api/channels', {
      name: 'new',
      provider: 'openai-compatible',
      config: { baseUrl: 'https://api.example.com/v1' },
      keys: [secrets.keyOverApi],
      models: ['m'],
    })) as { channels: readonly { id: string }[] };
    const id = channels[0]?.id ?? '';
    await ask('POST', `/api/channels/${id}/copy`, { name: 'copied' });
    await ask('PATCH', `/api/channels/${id}`, {
      config: { baseUrl: 'https://api.example.org/v1' },
      proxy: `http://me:${secrets.proxyPassword}@127.0.0.1:9`,
    });
    // Secrets in the wrong places, and requests that are refused with them.
    await ask('PATCH', `/api/channels/${id}`, { config: { apiKey: [secrets.keyOverApi] } });
    await ask('PATCH', `/api/channels/${id}`, { proxy: `ftp://me:${secrets.proxyPassword}@127.0.0.1:9` });
    await ask('POST', `/api/channels/${id}/keys`, { keys: [{ key: { apiKey: secrets.keyOverApi, other: secrets.keyOverApi } }] });
    await ask('POST', '/api/channels', {
      name: 'new',
      provider: 'openai-compatible',
      keys: `${secrets.keyOverApi}\n${secrets.keyInList}`,
      models: 'm',
    });
    for (let call = 0; call < 3; call += 1) {
      const headers = { authorization: `Bearer ${secrets.tokenKey}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Hello' }] });
      said.push(await (await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body })).text());
    }
    const { paths } = (await ask('GET', '/api/openapi.json')) as Description;
    for (const [path, methods] of Object.entries(paths)) if ('get' in methods) await ask('GET', path.replaceAll(/\{\w+\}/g, id));
    const { items } = (await ask('GET', '/api/audit?limit=500')) as { items: readonly object[] };
    expect(items.length).toBeGreaterThan(5);
    expect(said.length).toBeGreaterThan(20);
    const everything = `${said.join('\n')}\n${gateway.logs}`;
    for (const [name, secret] of Object.entries({ ...secrets, accessToken })) expect(everything.includes(secret), name).toBe(false);
  });
});
