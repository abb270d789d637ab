import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import {
  answers,
  type Behaviour,
  type ChatUsage,
  type ScriptedUpstream,
  sendJson,
  startScriptedUpstream,
} from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';

const usageOf = (prompt_tokens: number, completion_tokens: number): ChatUsage => ({ prompt_tokens, completion_tokens });
const burnt = usageOf(600, 5);

/** Fails in the clothes of a success, and says what that took. */
const burns: Behaviour = (request, response) => {
  const failure = { error: { message: 'Busy.', code: 'engine_overloaded' }, usage: burnt };
  const { stream } = JSON.parse(request.body.toString('utf8')) as { readonly stream?: boolean };
  if (stream !== true) sendJson(response, 200, failure);
  else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`data: ${JSON.stringify(failure)}\n\n`);
};

const upstreamActual = { burntAttempt: 'upstream-actual' };
const models = [
  { name: 'tiered', modelRatio: 1, completionRatio: 2, tiers: [{ inputTokensAbove: 1_000, modelRatio: 10 }], settlement: upstreamActual },
  { name: 'per-call', pricePerCall: 0.02, settlement: upstreamActual },
  { name: 'forgiving', pricePerCall: 0.02 },
];

describe('a call whose first attempt has burnt tokens', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const names = models.map(({ name }) => name);
    gateway = await startGateway({
      apply: {
        models,
        channels: [
          chatChannel('burning', upstream.place('burning', burns), names, { priority: 2 }),
          chatChannel('answering', upstream.place('answering', answers({ usage: usageOf(600, 10) })), names, { priority: 1 }),
        ],
        users: [alice],
        tokens: [openToken],
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  it.each([
    { model: 'tiered', stream: false, cost: '1230', input: 1_200, told: '1230' },
    { model: 'tiered', stream: true, cost: '1230', input: 1_200, told: null },
    { model: 'per-call', stream: false, cost: '20000', input: 1_200, told: '20000' },
    { model: 'per-call', stream: true, cost: '20000', input: 1_200, told: '20000' },
    { model: 'forgiving', stream: true, cost: '10000', input: 600, told: '10000' },
  ])('costs what both cost by themselves, and says so where it can: $model (streamed: $stream)', async (asked) => {
    const { model, stream, cost, input, told } = asked;
    const earlier = (await usageRowsOf(gateway, openToken.key, 0)).length;
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model, stream });
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    expect(answer.headers.get('x-tollgate-cost')).toBe(told);
    const [receipt] = await usageRowsOf(gateway, openToken.key, earlier + 1);
    expect(receipt).toMatchObject({ model, cost, uncollected: '0', policy: 'upstream-actual', ending: 'complete', usage: { input } });
  });

  it('leaves the books clean', async () => {
    await gateway.expectCleanLedger();
  });
});
