import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { type ApplyDocument, alice, chatChannel, keyOf, openToken, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { accountOf } from '../support/usage-rows.js';

/** A change is live within a second. */
const liveAfterMs = 1_000;
const laterKey = keyOf('later');

describe.each(databaseKinds)('apply beside a running gateway on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let document: ApplyDocument;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const baseUrl = upstream.place('good', answers({ usage: { prompt_tokens: 10, completion_tokens: 10 } }));
    document = {
      models: pricedByTokens('good'),
      channels: [chatChannel('good', baseUrl, ['good'])],
      users: [{ ...alice, points: 1_000 }],
      tokens: [openToken],
    };
    gateway = await startGateway({ database, apply: document });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const statusFor = async (key: string): Promise<number> =>
    (
      await rawCall({
        url: gateway.url,
        key,
        dialect: 'openai-chat',
        model: 'good',
        body: '{"model":"good","messages":[],"max_tokens":10}',
      })
    ).status;

  it('changes nothing when nothing has changed', async () => {
    expect(await gateway.applied(document)).toMatch(/no changes|nothing/i);
  });

  it('says what it would do and does not do it', async () => {
    const later = { ...document, tokens: [openToken, { ...openToken, name: 'later', key: laterKey }] };
    expect(await gateway.applied(later, '--dry-run')).toContain('later');
    await wait(liveAfterMs);
    expect(await statusFor(laterKey)).toBe(401);
  });

  it('is live within a second', async () => {
    expect(await statusFor(openToken.key)).toBe(200);
    await gateway.applied({ ...document, tokens: [openToken, { ...openToken, name: 'later', key: laterKey }] });
    await wait(liveAfterMs);
    expect(await statusFor(laterKey)).toBe(200);
    const [channel] = document.channels ?? [];
    const renewed = { ...channel, config: { ...channel?.config, apiKey: 'a-renewed-key' } };
    await gateway.applied({ channels: [renewed as never] });
    await wait(liveAfterMs);
    expect(await statusFor(laterKey)).toBe(200);
    expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer a-renewed-key');
  });

  it('shows no secret in what it prints', async () => {
    const [channel] = document.channels ?? [];
    const text = await gateway.applied({ channels: [{ ...channel, config: { ...channel?.config, apiKey: upstreamKey } } as never] });
    expect(text).toContain('apiKey');
    expect(text).not.toContain(upstreamKey);
    expect(text).not.toContain('a-renewed-key');
  });

  it('prunes by disabling, so that what has history stays', async () => {
    await gateway.applied(document, '--prune');
    await wait(liveAfterMs);
    expect(await statusFor(laterKey)).toBe(401);
    expect(await statusFor(openToken.key)).toBe(200);
  });

  it('books the difference when the target of a token moves', async () => {
    const budget = { name: 'budget', user: 'alice', key: keyOf('budget') };
    const remaining = async (): Promise<unknown> => {
      const response = await fetch(`${gateway.url}/api/account`, { headers: { authorization: `Bearer ${budget.key}` } });
      return ((await response.json()) as { token: { remaining: unknown } }).token.remaining;
    };
    for (const points of [500, 800, 300]) {
      await gateway.applied({ tokens: [{ ...budget, points }] });
      await wait(liveAfterMs);
      expect(await remaining()).toBe(String(points));
    }
  });

  it('grants the starting balance once', async () => {
    const before = await accountOf(gateway, openToken.key);
    await gateway.applied({ users: [{ ...alice, points: 999_999 }] });
    await wait(liveAfterMs);
    expect(await accountOf(gateway, openToken.key)).toEqual(before);
  });

  it.each([
    { fault: { users: [{ ...alice, nickname: 'Al' }] }, names: 'users.0.nickname' },
    { fault: { tokens: [{ ...openToken, key: 'sk-short' }] }, names: 'tokens.0.key' },
    { fault: { channels: [{ name: 'x', provider: 'nobody', config: {}, models: [] }] }, names: 'channels.0.provider' },
    { fault: { channels: [{ name: 'x', provider: 'openai', config: { apiKey: 7 }, models: [] }] }, names: 'channels.0.config.apiKey' },
    { fault: { settings: { relay: { attemptsMost: 3 } } }, names: 'settings.relay.attemptsMost' },
  ])('refuses $names by name', async ({ fault, names }) => {
    const { exitCode, stderr } = await gateway.apply(fault);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(names);
  });

  it('keeps the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
