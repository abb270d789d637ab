import OpenAI, { APIError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openaiAccount, type OpenaiAccount } from '../replay/openai-account.js';
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

/** Accounts behind the keys of one channel: what one keeps, the others have not. */
const names = ['one', 'two', 'three'] as const;
const upstreamKeyOf = (name: string): string => `upstream-secret-of-${name}`;
const databases = process.env['CI'] === undefined ? (['sqlite'] as const) : (['sqlite', 'postgres'] as const);

describe.each(databases)('what an account behind one of many keys keeps, on %s,', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let openai: OpenAI;
  const accounts = new Map<string, OpenaiAccount>(names.map((name) => [name, openaiAccount(name, upstreamKeyOf(name))]));

  const byKey: Behaviour = (request, response) => {
    const name = names.find((known) => request.headers.authorization === `Bearer ${upstreamKeyOf(known)}`) ?? '';
    return accounts.get(name)?.behaviour(request, response);
  };

  const document = (keys: readonly string[]): ApplyDocument => ({
    models: pricedByTokens('common'),
    channels: [
      {
        name: 'many',
        provider: 'openai',
        config: { baseUrl: upstream.place('many', byKey) },
        keys: keys.map(upstreamKeyOf),
        keyOrder: 'in-turn',
        models: ['common'],
      },
    ],
    users: [alice],
    tokens: [openToken],
    settings: { health: { disableStatusCodes: [] } },
  });

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({ database, apply: document(names) });
    openai = new OpenAI({ apiKey: openToken.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  const ask = (more: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {}) =>
    openai.responses.create({ model: 'common', input: 'Remember this.', ...more });
  const accountOf = (id: string): string => names.find((name) => id.includes(`${name}_`)) ?? 'nobody';
  const uploaded = async () => openai.files.create({ file: await toFile(Buffer.from('text'), 'a.txt'), purpose: 'user_data' });
  const refusalOf = async (asked: Promise<unknown>): Promise<APIError> =>
    asked.then(
      () => expect.unreachable('It was answered.'),
      (error: unknown) => (error instanceof APIError ? error : expect.unreachable(String(error))),
    );

  it('is asked for with that key, whichever takes its turn', async () => {
    const made = [await ask(), await ask(), await ask(), await ask()];
    expect(new Set(made.map(({ id }) => accountOf(id))).size).toBeGreaterThan(1);
    for (const { id } of made) {
      const next = await ask({ previous_response_id: id });
      expect(next.output_text).toBe(`${accountOf(id)} knows 1 earlier`);
      expect((await ask({ previous_response_id: next.id })).output_text).toBe(`${accountOf(id)} knows 2 earlier`);
      expect((await openai.responses.retrieve(id)).id).toBe(id);
    }
  });

  it('comes together: what one user uploads is at one account, and models read it there', async () => {
    const files = [await uploaded(), await uploaded(), await uploaded()];
    const [home] = files.map(({ id }) => accountOf(id));
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = await ask({
        input: [{ role: 'user', content: files.map(({ id }) => ({ type: 'input_file' as const, file_id: id })) }],
      });
      expect(accountOf(answer.id)).toBe(home);
    }
  });

  it('waits while that key cools down, and what is new goes to others', async () => {
    const { id } = await uploaded();
    const home = accountOf(id);
    const account = accounts.get(home) ?? expect.unreachable('Somebody has it.');
    account.isLocked = true;
    expect(await refusalOf(openai.files.retrieve(id))).toMatchObject({ status: 502, code: 'upstream_refused' });
    const before = upstream.requestsTo('many').length;
    const resting = await refusalOf(openai.files.retrieve(id));
    expect(resting).toMatchObject({ status: 503, code: 'no_channel_available' });
    expect(Number(resting.headers?.get('retry-after'))).toBeGreaterThan(0);
    expect(upstream.requestsTo('many')).toHaveLength(before);
    expect(accountOf((await uploaded()).id)).not.toBe(home);
    account.isLocked = false;
  });

  it('is out of reach once its key is gone from the channel, and says so', async () => {
    // The account of the test before cools down still.
    const { id } = await ask();
    const [gone] = names.filter((name) => name === accountOf(id));
    await gateway.applied(document(names.filter((name) => name !== gone)));
    await eventually('the key is gone', async () =>
      openai.responses.retrieve(id).then(
        () => false,
        () => true,
      ),
    );
    expect(await refusalOf(openai.responses.retrieve(id))).toMatchObject({ status: 400, code: 'resource_account_gone' });
    expect(await refusalOf(ask({ previous_response_id: id }))).toMatchObject({
      status: 400,
      code: 'resource_account_gone',
      param: 'previous_response_id',
    });
  });
});
