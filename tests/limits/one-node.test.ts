import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
const dayMs = 86_400_000;

describe('limits of a gateway', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      environment: { TRUST_PROXY: '127.0.0.1' },
      apply: {
        models: pricedByTokens('m', 'busy'),
        channels: [chatChannel('m', upstream.place('m', answers({})), ['m', 'busy'], { groups: ['default', 'vip'] })],
        users: [alice, { ...alice, username: 'vic', group: 'vip' }],
        groups: { vip: {} },
        tokens: [
          openToken,
          ...dialects.map((dialect) => ({
            ...openToken,
            name: dialect,
            key: keyOf(dialect),
            limits: { requestsPerDay: 2, requestsPerHour: 0 },
          })),
          { name: 'follower', user: 'alice', key: keyOf('follower'), unlimited: true, limits: { requestsPerDay: 0 } },
          { name: 'vip', user: 'vic', key: keyOf('vip'), unlimited: true, limits: { requestsPerDay: 0 } },
          { name: 'tokens', user: 'alice', key: keyOf('tokens'), unlimited: true, limits: { requestsPerDay: 0, tokensPerMinute: 100_000 } },
        ],
        settings: { limits: { requestsPerDay: 3, groups: { default: [0, 1_000], vip: [0, 4] } } },
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const callAs = (key: string, dialect = 'openai-chat', from = '203.0.113.1') =>
    rawCall({ url: gateway.url, key, dialect, model: 'm', headers: { 'x-forwarded-for': from } });

  it.each(dialects)('refuse in the words of %s, naming limit and time, and count no refused call', async (dialect) => {
    for (let left = 1; left >= 0; left -= 1) {
      const served = await callAs(keyOf(dialect), dialect);
      expect(served.status).toBe(200);
      expect(served.headers.get('x-ratelimit-limit-requests')).toBe('2');
      expect(served.headers.get('x-ratelimit-remaining-requests')).toBe(String(left));
    }
    const refused = await callAs(keyOf(dialect), dialect);
    expect(refused.status).toBe(429);
    const { code, message } = readError(dialect, 429, refused.json());
    expect(code).toBe('key_request_limit');
    expect(message).toContain('2 requests per day');
    const untilMidnight = dayMs - (Date.now() % dayMs);
    expect(Math.abs(Number(refused.headers.get('retry-after')) - untilMidnight / 1_000)).toBeLessThan(60);
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(refused.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+h)?(\d+m)?\d+m?s$/);
  });

  it('tell clients of Claude in the headers that they know', async () => {
    const { headers } = await callAs(openToken.key, 'claude-messages', '203.0.113.9');
    expect(headers.get('anthropic-ratelimit-requests-limit')).toBe('3');
    expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('2');
    expect(headers.get('anthropic-ratelimit-requests-reset')).toMatch(/T00:00:00Z$/);
  });

  it('bind users by the pair of numbers of their group', async () => {
    for (let call = 0; call < 4; call += 1) expect((await callAs(keyOf('vip'))).status).toBe(200);
    const refused = await callAs(keyOf('vip'));
    expect(readError('openai-chat', refused.status, refused.json())).toMatchObject({
      code: 'user_request_limit',
      message: expect.stringContaining('4 requests per hour'),
    });
  });

  it('put real usage in the place of the estimate', async () => {
    const first = await callAs(keyOf('tokens'));
    const second = await callAs(keyOf('tokens'));
    const remaining = [first, second].map(({ headers }) => Number(headers.get('x-ratelimit-remaining-tokens')));
    // The first call's estimate has 4,096 tokens of output in it, its usage a few.
    expect(remaining[0]).toBeLessThan(96_000);
    expect(Math.abs((remaining[0] ?? 0) - (remaining[1] ?? 0))).toBeLessThan(1_000);
  });

  it('cover the management API, guessed keys and broken requests of an address', async () => {
    const ask = (key: string) =>
      fetch(`${gateway.url}/api/account`, { headers: { authorization: `Bearer ${key}`, 'x-forwarded-for': '203.0.113.77' } });
    expect((await ask(openToken.key)).status).toBe(200);
    expect((await ask('sk-guessed')).status).toBe(401);
    const broken = await rawCall({
      url: gateway.url,
      key: openToken.key,
      dialect: 'openai-chat',
      model: 'm',
      body: '{',
      headers: { 'x-forwarded-for': '203.0.113.77' },
    });
    expect(broken.status).toBe(400);
    const refused = await ask(openToken.key);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'ip_request_limit' });
    expect(refused.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect((await ask('sk-guessed-again')).status).toBe(429);
    expect((await callAs(openToken.key, 'gemini', '203.0.113.77')).status).toBe(429);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  it('are told to those who ask for files, too', async () => {
    const list = () =>
      fetch(`${gateway.url}/v1/files`, { headers: { authorization: `Bearer ${openToken.key}`, 'x-forwarded-for': '203.0.113.44' } });
    const told: (string | null)[] = [];
    for (let request = 0; request < 4; request += 1) {
      const response = await list();
      expect(response.status).toBe(request < 3 ? 200 : 429);
      told.push(response.headers.get('x-ratelimit-remaining-requests'));
    }
    expect(told).toEqual(['2', '1', '0', '0']);
  });

  it('follow the settings while the gateway runs', async () => {
    await gateway.applied({ settings: { limits: { models: { busy: { requestsPerDay: 1 } } } } });
    const ask = () => rawCall({ url: gateway.url, key: keyOf('follower'), dialect: 'openai-chat', model: 'busy' });
    await eventually('the model refuses', async () => (await ask()).status === 429);
    expect(readError('openai-chat', 429, (await ask()).json()).code).toBe('model_request_limit');
    await gateway.applied({ settings: { limits: { models: {} } } });
    await eventually('the model is open again', async () => (await ask()).status === 200);
  });
});
