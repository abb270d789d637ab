import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, type ScriptedUpstream, startScriptedUpstream, staysSilent } from '../replay/scripted-upstream.js';
import { alice, type ChannelEntry, keyOf, pricedByTokens, upstreamKey } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { rawCall } from './raw-call.js';

/** What the first attempt of a call still waits for when the second one answers. */
const kinds = ['token', 'deaf', 'media'] as const;
type Kind = (typeof kinds)[number];

describe('the attempt that loses before it was sent', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let pictureUrl: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const nowhere = upstream.place('nowhere', staysSilent);
    const tokenUrl = upstream.place('tokens', staysSilent);
    pictureUrl = upstream.place('pictures', staysSilent);
    const first: Readonly<Record<Kind, Pick<ChannelEntry, 'provider' | 'config'>>> = {
      token: { provider: 'signing', config: { baseUrl: nowhere, tokenUrl, apiKey: upstreamKey } },
      deaf: { provider: 'deaf', config: { baseUrl: nowhere, apiKey: upstreamKey } },
      media: { provider: 'gemini', config: { baseUrl: nowhere, apiKey: upstreamKey } },
    };
    const channels = kinds.flatMap((kind): readonly ChannelEntry[] => [
      { name: `${kind}-first`, models: [kind], priority: 9, ...first[kind] },
      {
        name: `${kind}-second`,
        provider: 'openai-compatible',
        config: { baseUrl: upstream.place(kind, answers({ text: 'from the second', usage: { prompt_tokens: 9, completion_tokens: 3 } })) },
        models: [kind],
      },
    ]);
    gateway = await startGateway({
      configFile: join(repositoryFolder, 'tests/support/signing-config/tollgate.config.ts'),
      apply: {
        models: pricedByTokens(...kinds),
        channels,
        users: [alice],
        tokens: kinds.map((kind) => ({ name: kind, user: 'alice', key: keyOf(kind), unlimited: true, limits: { concurrentCalls: 1 } })),
        settings: { routing: { hedgeAfterMs: 40, hedgedPercentMax: 100 }, media: { allowPrivate: true, timeoutMs: 60_000 } },
      },
    });
  });
  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  const question = (model: Kind): string => {
    const picture = { type: 'image_url', image_url: { url: pictureUrl } };
    const content = [{ type: 'text', text: 'Hello' }, ...(model === 'media' ? [picture] : [])];
    return JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 10 });
  };

  it.each(kinds)('is over at once, and its call with it: %s', async (kind) => {
    const ask = () => rawCall({ url: gateway.url, key: keyOf(kind), dialect: 'openai-chat', model: kind, body: question(kind) });
    const answer = await ask();
    expect(answer.body.toString()).toContain('from the second');
    const [receipt] = await usageRowsOf(gateway, keyOf(kind), 1);
    expect(receipt).toMatchObject({ outcome: 'ok', ending: 'complete', cost: '15' });
    await eventually('nobody is waited for', async () => upstream.openResponses() === 0);
    // One call at a time: the first would have kept the second out.
    await eventually('there is room', async () => (await ask()).status === 200);
    expect(upstream.requestsTo('nowhere')).toHaveLength(0);
    const waitedAt = { token: 'tokens', media: 'pictures', deaf: undefined }[kind];
    if (waitedAt !== undefined) expect(upstream.requestsTo(waitedAt).length).toBeGreaterThan(0);
    expect(gateway.logs).not.toContain('An adapter failed');
  });
});
