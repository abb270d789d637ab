import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openai } from '@tollgate/adapter-openai';
import { TokenCounter } from '../../packages/core/src/relay/token-counter.js';
import { credentialOf, rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';

const said = 'Nobody says how many tokens these 12 words have: Donaudampfschifffahrt, 東京. ';
const question = 'How many tokens does this have? <|endoftext|> is text like any other.';
/** Whole, in one go. */
const tokensOf = (text: string): number => countTokens(text, { disallowedSpecial: new Set() });
const o200k = openai.tokenFamilies?.find(({ id }) => id === 'gpt')?.tokenizer;

describe('the tokenizer in its thread', () => {
  const counter = new TokenCounter({ script: new URL('../../packages/core/dist/tokenizer-worker.js', import.meta.url) });
  afterAll(() => counter.close());
  const count = (text: string): Promise<number | undefined> =>
    o200k === undefined ? Promise.resolve(undefined) : counter.count(o200k, [text]);

  it('counts as its vendor does', async () => {
    expect(await count('tiktoken is great!')).toBe(6);
    expect(await count(said)).toBe(tokensOf(said));
    expect(await count('')).toBe(0);
  });

  it('counts long prose as exactly as short', async () => {
    const prose = 'She sells 300 sea shells by the sea shore, and nobody knows why. '.repeat(400);
    expect(await count(prose)).toBe(tokensOf(prose));
  });

  it('counts a megabyte of one letter, while this thread goes on', async () => {
    let turns = 0;
    const turning = setInterval(() => (turns += 1), 1);
    expect(await count('a'.repeat(1_048_576))).toBe(131_072);
    clearInterval(turning);
    expect(turns).toBeGreaterThan(2);
  });
});

describe('a call whose upstream states no usage', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  const users = ['whole', 'streamed', 'translated', 'unclaimed', 'counting'];

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const silent = upstream.place('silent', answers({ text: said, chunks: 3 }));
    gateway = await startGateway({
      apply: {
        models: ['counted', 'unclaimed'].map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
        channels: [
          chatChannel('counted', silent, ['counted'], { modelMapping: { counted: 'gpt-4o' } }),
          chatChannel('unclaimed', silent, ['unclaimed']),
        ],
        users: users.map((username) => ({ username, password: 'a long enough password', points: 1_000_000 })),
        tokens: users.map((user) => ({ name: user, user, key: keyOf(user), unlimited: true })),
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  const rowOf = async (user: string) => (await usageRowsOf(gateway, keyOf(user), 1))[0];

  it.each([
    { user: 'whole', dialect: 'openai-chat', stream: false },
    { user: 'streamed', dialect: 'openai-chat', stream: true },
    { user: 'translated', dialect: 'claude-messages', stream: true },
  ] as const)('is charged what the tokenizer counts of what was delivered: $user', async ({ user, dialect, stream }) => {
    const answer = await rawCall({ url: gateway.url, key: keyOf(user), dialect, model: 'counted', stream });
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    expect(answer.headers.get('x-tollgate-cost')).toBeNull();
    const row = await rowOf(user);
    expect(row).toMatchObject({ ending: 'no-usage', policy: 'counted', estimated: true, outcome: 'ok' });
    expect(row?.usage.output).toBe(tokensOf(stream ? said.repeat(3) : said));
    expect(row?.cost).toBe(String((row?.usage.input ?? 0) + (row?.usage.output ?? 0)));
  });

  it('is charged an estimate where no tokenizer is public', async () => {
    await rawCall({ url: gateway.url, key: keyOf('unclaimed'), dialect: 'openai-chat', model: 'unclaimed', stream: false });
    expect(await rowOf('unclaimed')).toMatchObject({ ending: 'no-usage', policy: 'delivered', estimated: true });
  });

  it('has its tokens counted where they are asked for beforehand, too', async () => {
    const counted = async (content: string): Promise<Response> =>
      fetch(`${gateway.url}/v1/messages/count_tokens`, {
        method: 'POST',
        headers: credentialOf('claude-messages', keyOf('counting')),
        body: JSON.stringify({ model: 'counted', messages: [{ role: 'user', content }] }),
      });
    const [short, long] = [await counted(question), await counted(`${question} ${said.repeat(2_000)}`)];
    expect(long.headers.get('x-tollgate-counted-by')).toBe('o200k_base');
    expect(long.headers.get('x-tollgate-estimated')).toBeNull();
    const tokens = async (response: Response): Promise<number> =>
      ((await response.json()) as { readonly input_tokens: number }).input_tokens;
    const difference = (await tokens(long)) - (await tokens(short));
    expect(difference).toBe(tokensOf(`${question} ${said.repeat(2_000)}`) - tokensOf(question));
  });

  it('adds up', async () => {
    await gateway.expectCleanLedger();
  });
});
