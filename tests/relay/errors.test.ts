import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refuses, answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, keyOf, neverResting, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { readError } from './error-shapes.js';
import { pathOf, questionIn, type RawAnswer, type RawCall, rawCall } from './raw-call.js';

const dialectIds = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;

const leak = {
  error: { message: `Incorrect API key provided: ${upstreamKey}. See http://127.0.0.1:1/keys`, type: 'x', code: 'invalid_api_key' },
};

/** Models of channels that fail in one way each. */
const failures = {
  'refuses-key': refuses(401, leak),
  'out-of-credit': refuses(429, {
    error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' },
  }),
  'limits-rate': refuses(
    429,
    { error: { message: 'Slow down.', type: 'rate_limit_exceeded', code: 'rate_limit_exceeded' } },
    { 'retry-after': '7' },
  ),
  'is-down': refuses(500, '<html>secret stack at /srv/app.js:12:3</html>'),
  'dislikes-request': refuses(400, {
    error: {
      message: 'temperature is too high, see http://127.0.0.1:1/docs',
      type: 'invalid_request_error',
      param: 'temperature',
      code: 'bad_temperature',
    },
  }),
} as const;

interface Case {
  readonly title: string;
  readonly call: Partial<RawCall>;
  readonly status: number;
  /** Where the dialect has no such status. */
  readonly geminiStatus?: number;
  readonly code: string;
  readonly names?: readonly string[];
}

const keys = {
  expired: keyOf('expired'),
  oneModel: keyOf('one-model'),
  elsewhere: keyOf('elsewhere'),
  poor: keyOf('poor'),
  spent: keyOf('spent'),
};

const cases: readonly Case[] = [
  { title: 'a key that nobody has', call: { key: keyOf('nobody') }, status: 401, code: 'invalid_api_key' },
  { title: 'an expired key', call: { key: keys.expired }, status: 401, code: 'token_expired' },
  { title: 'a model that the key may not use', call: { key: keys.oneModel }, status: 403, code: 'model_not_allowed', names: ['good'] },
  { title: 'an address that the key may not be used from', call: { key: keys.elsewhere }, status: 403, code: 'ip_not_allowed' },
  { title: 'a body that is not JSON', call: { body: '{"model": "good", "mess' }, status: 400, code: 'invalid_body' },
  { title: 'a body that is no object', call: { body: '[]' }, status: 400, code: 'invalid_body' },
  {
    title: 'a body that is too large',
    call: { body: `{"model":"good","x":"${'x'.repeat(1_100_000)}"}` },
    status: 413,
    code: 'request_too_large',
  },
  { title: 'a model without a channel', call: { model: 'nowhere' }, status: 503, code: 'no_channel', names: ['nowhere', 'default'] },
  { title: 'a model without a price', call: { model: 'unpriced' }, status: 400, code: 'model_price_missing', names: ['unpriced'] },
  { title: 'a balance that is too low', call: { key: keys.poor }, status: 402, geminiStatus: 429, code: 'insufficient_quota' },
  { title: 'a token that has spent its points', call: { key: keys.spent }, status: 402, geminiStatus: 429, code: 'token_quota_exhausted' },
  { title: "an upstream that refuses the channel's key", call: { model: 'refuses-key' }, status: 502, code: 'upstream_refused' },
  { title: 'an upstream account without credit', call: { model: 'out-of-credit' }, status: 502, code: 'upstream_refused' },
  { title: 'an upstream that limits the rate', call: { model: 'limits-rate' }, status: 429, code: 'upstream_rate_limited' },
  { title: 'an upstream that is down', call: { model: 'is-down' }, status: 502, code: 'upstream_failed' },
  { title: 'an upstream that dislikes the request', call: { model: 'dislikes-request' }, status: 400, code: 'bad_temperature' },
];

/** The first guarded key of each dialect, twice and in an escaped spelling. */
function ambiguousBodies(dialect: string): readonly string[] {
  const [key, escaped] = dialect === 'gemini' ? ['generationConfig', '"generation\\u0043onfig"'] : ['model', '"mod\\u0065l"'];
  const value = dialect === 'gemini' ? '{"maxOutputTokens":5}' : '"good"';
  const rest = JSON.stringify(questionIn(dialect, 'good')).slice(1);
  return [`{"${key}":${value},"${key}":${value},${rest}`, `{${escaped}:${value},${rest}`];
}

describe('an error', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const failing = Object.entries(failures).map(([name, behaviour]) => chatChannel(name, upstream.place(name, behaviour), [name]));
    gateway = await startGateway({
      environment: { BODY_LIMIT_MB: '1' },
      apply: {
        settings: neverResting,
        models: pricedByTokens('good', ...Object.keys(failures)),
        channels: [chatChannel('good', upstream.place('good', answers()), ['good', 'unpriced']), ...failing],
        users: [alice, { username: 'bob', password: 'a long enough password', points: 1 }],
        tokens: [
          openToken,
          { name: 'expired', user: 'alice', key: keys.expired, unlimited: true, expiresAt: '2020-01-01' },
          { name: 'one model', user: 'alice', key: keys.oneModel, unlimited: true, models: ['unpriced'] },
          { name: 'elsewhere', user: 'alice', key: keys.elsewhere, unlimited: true, allowIps: ['203.0.113.0/24'] },
          { name: 'poor', user: 'bob', key: keys.poor, unlimited: true },
          { name: 'spent', user: 'alice', key: keys.spent, points: 0 },
        ],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (dialect: string, more: Partial<RawCall>): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: openToken.key, dialect, model: 'good', ...more });

  /** Nothing about the upstream or our own insides, and an id to ask about. */
  function expectDiscreet(answer: RawAnswer): void {
    const all = `${[...answer.headers].join('\n')}\n${answer.body.toString('utf8')}`;
    for (const secret of [upstreamKey, upstream.url, '127.0.0.1:1/', 'node_modules', '/srv/app.js']) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/\bat \S+ \(?\S+:\d+:\d+/);
    expect(answer.headers.get('x-request-id')).toMatch(/\S{8,}/);
  }

  describe.each(dialectIds)('toward clients of %s', (dialect) => {
    it.each(cases)('about $title', async ({ call, status, geminiStatus, code, names = [] }) => {
      const answer = await ask(dialect, call);
      const expected = dialect === 'gemini' ? (geminiStatus ?? status) : status;
      expect(answer.status, answer.body.toString('utf8')).toBe(expected);
      const error = readError(dialect, expected, answer.json());
      expect(error.code).toBe(code);
      for (const name of names) expect(error.message).toContain(name);
      expectDiscreet(answer);
    });

    it('about a missing key', async () => {
      const response = await fetch(`${gateway.url}${pathOf({ dialect, model: 'good' })}`, { method: 'POST', body: '{}' });
      expect(response.status).toBe(401);
      expect(readError(dialect, 401, await response.json()).code).toBe('missing_api_key');
      expect(response.headers.get('x-request-id')).toMatch(/\S{8,}/);
    });

    it('about a key of the body that could be read in two ways', async () => {
      for (const body of ambiguousBodies(dialect)) {
        const answer = await ask(dialect, { body });
        expect(answer.status, body).toBe(400);
        expect(readError(dialect, 400, answer.json()).code).toBe('ambiguous_request');
      }
      expect(upstream.requestsTo('good')).toEqual([]);
    });

    it('tells when to try again', async () => {
      const answer = await ask(dialect, { model: 'limits-rate' });
      expect(answer.headers.get('retry-after')).toBe('7');
    });
  });

  it.each([
    { path: '/v1/nothing', dialect: 'openai-chat' },
    { path: '/nothing', dialect: 'openai-chat' },
    { path: '/v1/responses/nothing', dialect: 'openai-responses' },
    { path: '/v1/messages/nothing', dialect: 'claude-messages' },
    { path: '/v1beta/nothing', dialect: 'gemini' },
    { path: '/v1beta/models/good:nothing', dialect: 'gemini' },
  ])('about the unknown route $path has the shape of $dialect', async ({ path, dialect }) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${openToken.key}` },
      body: '{}',
    });
    expect([404, 405]).toContain(response.status);
    expect(readError(dialect, response.status, await response.json()).code).toMatch(/route_not_found|method_not_allowed/);
    expect(response.headers.get('x-request-id')).toMatch(/\S{8,}/);
  });

  it.each(['/v1/models/%E0%A4%A', '/v1beta/models/%zz', '/%'])('about the path %s is the fault of the caller', async (path) => {
    const response = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${openToken.key}` } });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });

  it('about a body that is too large comes even if its length was not announced', async () => {
    const pieces = Array.from({ length: 24 }, () => Buffer.alloc(65_536, 'x'));
    const body = new ReadableStream({
      pull: (controller) => {
        const piece = pieces.pop();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    });
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${openToken.key}` },
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
  });

  it('costs nothing', async () => {
    await gateway.expectCleanLedger();
  });
});
