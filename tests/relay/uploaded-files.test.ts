import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openaiAccount, type OpenaiAccount } from '../replay/openai-account.js';
import { type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, keyOf, openToken, pricedByTokens } from '../support/apply-document.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { accountOf } from '../support/usage-rows.js';

const names = ['first', 'second', 'third'] as const;
const upstreamKeyOf = (name: string): string => `upstream-secret-of-${name}`;
const password = 'a long enough password';
const megabyte = 1_048_576;

describe('an uploaded file', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accounts: readonly OpenaiAccount[];
  let openai: OpenAI;
  let stranger: OpenAI;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    accounts = names.map((name) => openaiAccount(name, upstreamKeyOf(name)));
    gateway = await startGateway({
      environment: { BODY_LIMIT_MB: '2' },
      apply: {
        models: pricedByTokens('common'),
        // All three are preferred alike: what one user uploads has to meet at one of them.
        channels: names.map((name, place) => ({
          name,
          provider: 'openai',
          config: { baseUrl: upstream.place(name, accounts[place]?.behaviour ?? (() => undefined)), apiKey: upstreamKeyOf(name) },
          models: ['common'],
        })),
        users: [alice, { username: 'bob', password, points: 1_000_000 }],
        tokens: [openToken, { name: 'stranger', user: 'bob', key: keyOf('stranger'), unlimited: true }],
      },
    });
    openai = clientOf(openToken.key);
    stranger = clientOf(keyOf('stranger'));
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  function clientOf(key: string): OpenAI {
    return new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  }

  const uploaded = async (client = openai, text = 'some text', purpose: OpenAI.FilePurpose = 'user_data') =>
    client.files.create({ file: await toFile(Buffer.from(text), 'a.txt'), purpose });

  it('arrives byte for byte, at one account for all of a user', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const files = [await openai.files.create({ file: await toFile(bytes, 'a.bin'), purpose: 'user_data' })];
    for (let more = 0; more < 5; more += 1) files.push(await uploaded());
    expect(new Set(files.map(({ id }) => names.find((name) => id.includes(name)))).size).toBe(1);
    const content = await openai.files.content(files[0]?.id ?? '');
    expect(Buffer.from(await content.arrayBuffer())).toEqual(bytes);
  });

  it('can be read by a model in either dialect, with others', async () => {
    const [one, other] = [await uploaded(), await uploaded()];
    const home = names.find((name) => one.id.includes(name)) ?? 'none';
    for (let turn = 0; turn < 5; turn += 1) {
      const answer = await openai.responses.create({
        model: 'common',
        input: [{ role: 'user', content: [one, other].map(({ id }) => ({ type: 'input_file' as const, file_id: id })) }],
      });
      expect(answer.id).toContain(home);
    }
    const asked = {
      model: 'common',
      messages: [{ role: 'user' as const, content: [{ type: 'file' as const, file: { file_id: one.id } }] }],
    };
    const before = upstream.requestsTo(home).length;
    // The account has no chat, and says so: what counts is that it was asked.
    await expect(openai.chat.completions.create(asked)).rejects.toMatchObject({ status: 404 });
    expect(upstream.requestsTo(home)).toHaveLength(before + 1);
    await expect(stranger.chat.completions.create(asked)).rejects.toMatchObject({
      status: 400,
      code: 'reference_not_found',
      param: 'messages.0.content.0.file.file_id',
    });
  });

  it('is seen by its owner alone', async () => {
    const mine = await uploaded();
    const theirs = [await uploaded(stranger), await uploaded(stranger, 'x', 'batch'), await uploaded(stranger)];
    const seen: string[] = [];
    for await (const file of stranger.files.list({ limit: 2 })) seen.push(file.id);
    expect(seen.toSorted()).toEqual(theirs.map(({ id }) => id).toSorted());
    expect((await stranger.files.list({ purpose: 'batch' })).data.map(({ id }) => id)).toEqual([theirs[1]?.id]);
    const { files } = stranger;
    for (const attempt of [() => files.retrieve(mine.id), () => files.content(mine.id), () => files.delete(mine.id)])
      await expect(attempt()).rejects.toMatchObject({ status: 404, code: 'resource_not_found' });
    expect((await openai.files.retrieve(mine.id)).id).toBe(mine.id);
  });

  it('is gone once it is deleted', async () => {
    const { id } = await uploaded();
    expect(await openai.files.delete(id)).toMatchObject({ deleted: true });
    await expect(openai.files.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'resource_not_found' });
    for await (const file of openai.files.list()) expect(file.id).not.toBe(id);
  });

  it('may be as large as any body', async () => {
    expect((await uploaded(openai, 'x'.repeat(1.9 * megabyte))).bytes).toBe(Math.floor(1.9 * megabyte));
    await expect(uploaded(openai, 'x'.repeat(2.1 * megabyte))).rejects.toMatchObject({ status: 413, code: 'request_too_large' });
  });

  it('costs nothing', async () => {
    const before = await accountOf(gateway, keyOf('stranger'));
    const { id } = await uploaded(stranger);
    await stranger.files.retrieve(id);
    expect(await accountOf(gateway, keyOf('stranger'))).toEqual(before);
    await gateway.expectCleanLedger();
  });
});
