import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { rawCall } from './raw-call.js';

describe('why a call went where it went', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accessToken: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({
      apply: {
        models: pricedByTokens('shared', 'lonely'),
        channels: [
          chatChannel('first', upstream.place('first', refuses(503, undefined, { 'retry-after': '60' })), ['shared'], { priority: 2 }),
          chatChannel('second', upstream.place('second', answers()), ['shared', 'lonely']),
        ],
        users: [alice, { username: 'root', role: 'root' }],
        tokens: [openToken],
      },
    });
    accessToken = (await gateway.command('token', 'create', '--access')).stdout.trim();
  });

  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  async function receiptOf(model: string, credential: string): Promise<Record<string, unknown>> {
    const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model });
    expect(answer.status).toBe(200);
    const path = `${gateway.url}/api/usage/${answer.headers.get('x-request-id')}`;
    const read = () => fetch(path, { headers: { authorization: `Bearer ${credential}` } });
    await eventually('the receipt is there', async () => (await read()).status === 200);
    return (await (await read()).json()) as Record<string, unknown>;
  }

  it('is told to operators in words and by name: what was tried, and what was passed over', async () => {
    const { routing } = await receiptOf('shared', accessToken);
    expect(routing).toMatchObject({
      strategy: 'weighted',
      candidates: 2,
      choices: [
        { channel: 'first', by: 'weighted', priority: 2, among: 1, why: expect.any(String) },
        { channel: 'second', by: 'weighted', priority: 0 },
      ],
      skipped: [],
    });
    expect((await receiptOf('shared', accessToken))['routing']).toMatchObject({
      choices: [{ channel: 'second' }],
      skipped: [{ channel: 'first', reason: 'cooling-down', until: expect.stringMatching(/^\d{4}-/) }],
    });
  });

  it('says so where there was no choice', async () => {
    const { routing } = await receiptOf('lonely', accessToken);
    expect(routing).toMatchObject({ candidates: 1, choices: [{ channel: 'second', by: 'only' }], skipped: [] });
  });

  it('is not told to callers', async () => {
    expect(await receiptOf('shared', openToken.key)).not.toHaveProperty('routing');
  });
});
