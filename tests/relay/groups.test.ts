import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import {
  alice,
  type ApplyDocument,
  chatChannel,
  type GroupEntry,
  keyOf,
  neverResting,
  openToken,
  pricedByTokens,
} from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { readError } from './error-shapes.js';
import { type RawAnswer, rawCall } from './raw-call.js';

const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
const autoKey = keyOf('auto');
const vipKey = keyOf('vip');

describe('the group of a call', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  const document = (vip: GroupEntry): ApplyDocument => {
    const place = (name: string) => upstream.place(name, name.startsWith('down') ? refuses(500) : answers({ text: name, usage }));
    const channel = (name: string, group: string, ...models: readonly string[]) =>
      chatChannel(name, place(name), models, { groups: [group] });
    return {
      groups: { cheap: { ratio: 0.5, usableBy: 'everyone' }, vip, secret: { ratio: 0.1 } },
      models: [
        ...pricedByTokens('both', 'own-only', 'fails-cheap', 'vip-only', 'secret-only'),
        { name: 'off', modelRatio: 1, enabled: false },
        { name: 'any-*', modelRatio: 3 },
        { name: '*-off', enabled: false },
      ],
      channels: [
        channel('cheap-both', 'cheap', 'both'),
        channel('own-both', 'default', 'both', 'own-only', 'off', 'any-1', 'some-off'),
        channel('down-cheap', 'cheap', 'fails-cheap'),
        {
          ...channel('shared-down', 'cheap', 'fails-cheap'),
          config: channel('down-cheap', 'cheap').config,
          groups: ['cheap', 'default'],
          priority: 9,
        },
        channel('own-instead', 'default', 'fails-cheap'),
        channel('vip-only', 'vip', 'vip-only'),
        channel('secret-only', 'secret', 'secret-only'),
      ],
      users: [alice, { username: 'root', role: 'root' }],
      tokens: [
        openToken,
        { name: 'auto', user: 'alice', key: autoKey, unlimited: true, group: 'auto' },
        { name: 'vip', user: 'alice', key: vipKey, unlimited: true, group: 'vip' },
      ],
      settings: { ...neverResting, groups: { autoOrder: ['secret', 'cheap', 'default', 'vip'] } },
    };
  };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({ apply: document({ ratio: 2, usableBy: ['default'] }) });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (key: string, model: string, dialect = 'openai-chat'): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key, dialect, model });

  it.each([
    { title: 'the first that offers the model', model: 'both', cost: '1000' },
    { title: 'a later one, where the first offers nothing', model: 'own-only', cost: '2000' },
    { title: 'a later one, where every channel of the first fails', model: 'fails-cheap', cost: '2000' },
    { title: 'a dearer one', model: 'vip-only', cost: '4000' },
    { title: 'one for a model that a pattern prices', model: 'any-1', cost: '4500' },
  ])('is of an automatic choice $title, and so is the price', async ({ model, cost }) => {
    const earlier = (await usageRowsOf(gateway, autoKey, 0)).length;
    const answer = await ask(autoKey, model);
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    const [receipt] = await usageRowsOf(gateway, autoKey, earlier + 1);
    expect(receipt).toMatchObject({ model, cost });
    await gateway.expectCleanLedger();
  });

  it('is told of each choice of an automatic one', async () => {
    const accessToken = (await gateway.command('token', 'create', '--access')).stdout.trim();
    const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' };
    const routingOf = async (model: string): Promise<unknown> => {
      const requestId = (await ask(autoKey, model)).headers.get('x-request-id');
      const read = () => fetch(`${gateway.url}/api/usage/${requestId}`, { headers });
      await eventually('the receipt is there', async () => (await read()).status === 200);
      return ((await (await read()).json()) as { readonly routing?: unknown }).routing;
    };
    const choices = [
      { channel: 'shared-down', group: 'cheap' },
      { channel: 'down-cheap', group: 'cheap' },
      { channel: 'own-instead', group: 'default' },
    ];
    expect(await routingOf('fails-cheap')).toMatchObject({ choices });
    expect(JSON.stringify(await routingOf('vip-only'))).not.toContain('"group"');
    const simulated = await fetch(`${gateway.url}/api/routing/simulate`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ model: 'fails-cheap', group: 'auto', userGroup: 'default' }),
    });
    expect(await simulated.json()).toMatchObject({ routing: { choices } });
  });

  it('is never one that the user may not use, though the order names it', async () => {
    const answer = await ask(autoKey, 'secret-only');
    expect(readError('openai-chat', 503, JSON.parse(answer.body.toString('utf8'))).code).toBe('no_channel');
  });

  it('decides what the list of models shows: of an automatic choice all that any group offers', async () => {
    const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${autoKey}` } });
    const { data } = (await response.json()) as { readonly data: readonly { readonly id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['any-1', 'both', 'fails-cheap', 'own-only', 'vip-only']);
  });

  it.each(dialects)(
    'does not matter for a model that is switched off, by its name or by a pattern: there is none (%s)',
    async (dialect) => {
      for (const model of ['off', 'some-off']) {
        const answer = await ask(openToken.key, model, dialect);
        expect(readError(dialect, 404, JSON.parse(answer.body.toString('utf8'))).code).toBe('model_not_found');
      }
    },
  );

  describe('that the user may not use any more', () => {
    beforeAll(async () => {
      const { groups } = document({ ratio: 2 });
      await gateway.applied(groups === undefined ? {} : { groups });
      await eventually('the group is closed', async () => (await ask(vipKey, 'vip-only')).status === 403);
    });

    it.each(dialects)('is refused in the words of %s', async (dialect) => {
      const { code, message } = readError(dialect, 403, JSON.parse((await ask(vipKey, 'vip-only', dialect)).body.toString('utf8')));
      expect(code).toBe('group_not_allowed');
      expect(message).toContain('vip');
    });

    it('is refused for lists of models, too', async () => {
      const response = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${vipKey}` } });
      expect(response.status).toBe(403);
    });

    it('is passed over by an automatic choice', async () => {
      expect((await ask(autoKey, 'vip-only')).status).toBe(503);
      expect((await ask(autoKey, 'both')).status).toBe(200);
    });

    it('cannot be chosen for a token', async () => {
      const { stderr, exitCode } = await gateway.apply(document({ ratio: 2 }));
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain('tokens.2.group');
      expect(stderr).toContain('usableBy');
    });
  });
});
