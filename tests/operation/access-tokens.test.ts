import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

const key = `sk-${'a'.repeat(48)}`;

describe('access tokens', () => {
  let gateway: TestGateway;
  let accessToken: string;

  beforeAll(async () => {
    gateway = await startGateway({
      apply: {
        users: [
          { username: 'root', role: 'root', points: 1_000 },
          { username: 'eve', points: 10 },
        ],
        tokens: [{ name: 'program', user: 'root', key, unlimited: true }],
      },
    });
    accessToken = await created();
  });
  afterAll(() => gateway?.stop());

  async function created(...options: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await gateway.command('token', 'create', '--access', ...options);
    expect(exitCode, stderr).toBe(0);
    return stdout.trim();
  }

  async function ask(path: string, credential: string, init: RequestInit = {}): Promise<{ status: number; body: unknown }> {
    const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}${path}`, { ...init, headers });
    return { status: response.status, body: await response.json() };
  }

  it('open the management API for their user', async () => {
    expect(accessToken).toMatch(/^tga-[A-Za-z0-9]{48}$/);
    expect(await ask('/api/account', accessToken)).toEqual({ status: 200, body: { balance: '1000', held: '0' } });
    expect(await ask('/api/usage', accessToken)).toEqual({ status: 200, body: { items: [] } });
    expect(await ask('/api/account', await created('--user', 'eve'))).toMatchObject({ body: { balance: '10' } });
  });

  it('call no models', async () => {
    const call = { method: 'POST', body: JSON.stringify({ model: 'm', messages: [] }) };
    expect(await ask('/v1/chat/completions', accessToken, call)).toMatchObject({
      status: 401,
      body: { error: { code: 'api_key_required' } },
    });
  });

  it('are refused when they are unknown, or their user is disabled', async () => {
    expect(await ask('/api/account', `tga-${'x'.repeat(48)}`)).toMatchObject({
      status: 401,
      body: { code: 'invalid_access_token' },
    });
    const ofEve = await created('--user', 'eve', '--name', 'second');
    await gateway.applied({ users: [{ username: 'eve', enabled: false }] });
    expect(await ask('/api/account', ofEve)).toMatchObject({ status: 401, body: { code: 'invalid_access_token' } });
  });

  it.each([
    {
      options: ['--access', '--user', 'nobody'],
      says: 'There is no user "nobody". Say with --user whose token it is: a user with "role: admin"',
    },
    { options: ['--access'], says: 'The user root has an access token "command line" already. Choose another name.' },
    { options: [], says: 'API keys are made by "tollgate apply". For an access token, add --access.' },
  ])('are not made for $options', async ({ options, says }) => {
    const { exitCode, stdout, stderr } = await gateway.command('token', 'create', ...options);
    expect(exitCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
  });
});
