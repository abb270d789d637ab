import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { millipointsOf } from '../support/points.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';

const password = 'a long enough password';
const storedTokens = 60_000;
const callsAtOnce = 20;
const pointsLeft = 1_000;

/** What a caller goes on from: an answer, whole or streamed, or a conversation that one call filled, or that was filled for nothing. */
const kinds = ['whole', 'streamed', 'conversation', 'filled'] as const;

/** A vendor that counts what it has stored: everything that is named, and more by each call. */
const account: Behaviour = (request, response) => {
  if (request.path.endsWith('/conversations')) return sendJson(response, 200, { id: 'conv_1', object: 'conversation' });
  if (request.path.endsWith('/items')) return sendJson(response, 200, { object: 'list', data: [] });
  const { stream } = JSON.parse(request.body.toString('utf8')) as { readonly stream?: boolean };
  const usage = { input_tokens: storedTokens, output_tokens: 5, total_tokens: storedTokens + 5 };
  const answer = { id: 'resp_1', object: 'response', status: 'completed', output: [], conversation: { id: 'conv_1' }, usage };
  if (stream !== true) return sendJson(response, 200, answer);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = [
    { type: 'response.created', response: { ...answer, status: 'in_progress', usage: null } },
    { type: 'response.completed', response: answer },
  ];
  for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  response.end();
};

describe.each(databaseKinds)('input that is stored at an upstream on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      database,
      apply: {
        models: [{ name: 'stores', modelRatio: 1, completionRatio: 1 }],
        channels: [
          { name: 'vendor', provider: 'openai', config: { baseUrl: upstream.place('vendor', account), apiKey: 'x' }, models: ['stores'] },
        ],
        users: kinds.map((username) => ({
          username,
          password,
          points: username === 'filled' ? pointsLeft : storedTokens + 5 + pointsLeft,
        })),
        tokens: kinds.map((name) => ({ name, user: name, key: keyOf(name), unlimited: true })),
        settings: { ledger: { holdOutputTokensMax: 100 } },
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (user: string, more: object) =>
    rawCall({
      url: gateway.url,
      key: keyOf(user),
      dialect: 'openai-responses',
      model: 'stores',
      body: JSON.stringify({ model: 'stores', input: 'Hello', ...more }),
    });

  async function post(user: string, path: string, body: object): Promise<void> {
    const headers = { authorization: `Bearer ${keyOf(user)}`, 'content-type': 'application/json' };
    const answer = await fetch(`${gateway.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    await answer.arrayBuffer();
  }

  /** Brings it about, and says how it is named. */
  async function stored(user: (typeof kinds)[number]): Promise<object> {
    if (user === 'conversation' || user === 'filled') await post(user, '/v1/conversations', {});
    if (user === 'filled') {
      const content = 'word '.repeat(storedTokens);
      await post(user, '/v1/conversations/conv_1/items', { items: [{ type: 'message', role: 'user', content }] });
      return { conversation: 'conv_1' };
    }
    const more = user === 'conversation' ? { conversation: 'conv_1' } : { stream: user === 'streamed' };
    const answer = await ask(user, more);
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    await eventually('the call is settled', async () => (await accountOf(gateway, keyOf(user))).held === '0');
    return user === 'conversation' ? more : { previous_response_id: 'resp_1' };
  }

  it.each(kinds)('is held for before anything is sent, however many calls name it at once: %s', async (user) => {
    const named = await stored(user);
    const earlier = (await usageRowsOf(gateway, keyOf(user), 0)).length;
    const before = upstream.requestsTo('vendor').length;
    const outcomes = await Promise.all(Array.from({ length: callsAtOnce }, () => ask(user, named)));
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([402]));
    expect(upstream.requestsTo('vendor')).toHaveLength(before);
    expect(millipointsOf((await accountOf(gateway, keyOf(user))).balance)).toBe(millipointsOf(String(pointsLeft)));
    expect(await usageRowsOf(gateway, keyOf(user), earlier)).toHaveLength(earlier);
  });

  it('leaves books that add up', async () => {
    await gateway.expectCleanLedger();
  });
});
