import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

interface Simulated {
  readonly groups: readonly string[];
  readonly candidates: readonly Record<string, unknown>[];
  readonly routing: { readonly choices: readonly Record<string, unknown>[]; readonly skipped: readonly Record<string, unknown>[] };
}

describe('a simulated call', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accessToken: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const shared = ['north', 'south', 'east'].map((name) => chatChannel(name, upstream.place(name, answers()), ['shared']));
    gateway = await startGateway({
      apply: {
        models: pricedByTokens('shared', 'ordered'),
        channels: [
          ...shared,
          chatChannel('first', upstream.place('first', refuses(503, undefined, { 'retry-after': '60' })), ['ordered'], { priority: 2 }),
          chatChannel('second', upstream.place('second', answers()), ['ordered'], { priority: 1, weight: 3 }),
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
      },
    });
    accessToken = (await gateway.command('token', 'create', '--access')).stdout.trim();
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  async function simulate(body: object, credential = accessToken): Promise<{ readonly status: number; readonly body: Simulated }> {
    const response = await fetch(`${gateway.url}/api/routing/simulate`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as Simulated };
  }

  const namesIn = (parts: readonly Record<string, unknown>[]) => parts.map(({ channel }) => channel);

  it('goes where a call would, is sent nowhere, and says how each channel stands', async () => {
    const before = await simulate({ model: 'ordered', dialect: 'claude-messages' });
    expect(before.status).toBe(200);
    expect(namesIn(before.body.routing.choices)).toEqual(['first', 'second']);
    expect(before.body.candidates).toMatchObject([
      { channel: 'first', priority: 2, usable: true, lane: 'translate', health: 1, keys: 1 },
      { channel: 'second', priority: 1, weight: 3, usable: true },
    ]);
    expect(upstream.requests).toHaveLength(0);
    await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'ordered' });
    const after = await simulate({ model: 'ordered', dialect: 'openai-chat' });
    expect(namesIn(after.body.routing.choices)).toEqual(['second']);
    expect(after.body.routing.skipped).toMatchObject([{ channel: 'first', reason: 'cooling-down', why: expect.any(String) }]);
    expect(after.body.candidates).toMatchObject([
      { channel: 'first', usable: false, blocked: 'cooling-down', blockedUntil: expect.any(String), lane: 'pass' },
      { channel: 'second', usable: true, firstByteMs: expect.any(Number) },
    ]);
    expect(upstream.requests).toHaveLength(2);
  });

  it('goes where its conversation is', async () => {
    const body = JSON.stringify({ model: 'shared', messages: [{ role: 'user', content: 'Hello' }], prompt_cache_key: 'talk' });
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'shared', body });
    const went = upstream.requests.at(-1)?.path.split('/')[1];
    const path = `${gateway.url}/api/usage/${answer.headers.get('x-request-id')}`;
    const receipt = () => fetch(path, { headers: { authorization: `Bearer ${accessToken}` } });
    await eventually('the receipt is there', async () => (await receipt()).status === 200);
    const { userId } = (await (await receipt()).json()) as { readonly userId: string };
    const { choices } = (await simulate({ model: 'shared', user: userId, promptCacheKey: 'talk' })).body.routing;
    expect(choices[0]).toMatchObject({ channel: went, by: 'sticky' });
  });

  it('has no candidates where nobody offers the model, and is refused where it makes no sense', async () => {
    expect((await simulate({ model: 'nobody-has-it' })).body).toMatchObject({ candidates: [], routing: { candidates: 0, choices: [] } });
    expect(await simulate({ model: 'shared', dialect: 'latin' })).toMatchObject({ status: 400 });
    expect(await simulate({ model: 'shared', group: 'vip', userGroup: 'default' })).toMatchObject({ status: 403 });
    expect(await simulate({})).toMatchObject({ status: 400 });
    expect(await simulate({ model: 'shared' }, openToken.key)).toMatchObject({ status: 403 });
  });
});
