import OpenAI, { APIError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openaiAccount, type OpenaiAccount } from '../replay/openai-account.js';
import { type Behaviour, type ScriptedUpstream, sendJson, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';

const few = ['two', 'three', 'one'];
const many = [...few, ...Array.from({ length: 37 }, (_, place) => `more-${place}`)];
const upstreamKeyOf = (name: string): string => `upstream-secret-of-${name}`;

describe.each(databaseKinds)('a call that goes on with what was made before its channel listed keys, on %s,', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let openai: OpenAI;
  const accounts = new Map<string, OpenaiAccount>(many.map((name) => [name, openaiAccount(name, upstreamKeyOf(name))]));
  const one = accounts.get('one') as OpenaiAccount;
  /** Set where the accounts that have not got it say so in no words of the vendor's. */
  let isTerse = false;
  const made: string[] = [];
  const items: string[] = [];
  let conversation = '';
  let file = '';

  const nameOf = (authorization: string | undefined): string =>
    many.find((known) => authorization === `Bearer ${upstreamKeyOf(known)}`) ?? '';
  const byKey: Behaviour = (request, response) => {
    const name = nameOf(request.headers.authorization);
    if (isTerse && name !== 'one') return sendJson(response, 404, { detail: 'Not Found' });
    return accounts.get(name)?.behaviour(request, response);
  };
  /** Whom the upstream was asked as, in order. */
  const askedSince = (start: number): readonly string[] =>
    upstream
      .requestsTo('many')
      .slice(start)
      .map(({ headers }) => nameOf(headers.authorization));
  const soFar = (): number => upstream.requestsTo('many').length;

  const document = (keys: readonly string[]): ApplyDocument => {
    const baseUrl = upstream.place('many', byKey);
    const [only] = keys;
    return {
      models: pricedByTokens('common'),
      channels: [
        keys.length === 1
          ? { name: 'many', provider: 'openai', config: { baseUrl, apiKey: upstreamKeyOf(only ?? '') }, models: ['common'] }
          : { name: 'many', provider: 'openai', config: { baseUrl }, keys: keys.map(upstreamKeyOf), models: ['common'] },
      ],
      users: [alice],
      tokens: [openToken],
      settings: { health: { disableStatusCodes: [] } },
    };
  };
  const inUse = async (name: string): Promise<void> =>
    eventually('the keys are in use', async () => {
      const start = soFar();
      await openai.responses.create({ model: 'common', input: 'Hello' });
      return askedSince(start)[0] === name;
    });
  const goOn = (previous: string) => openai.responses.create({ model: 'common', input: 'And?', previous_response_id: previous });
  const refusalOf = async (asked: Promise<unknown>): Promise<APIError> =>
    asked.then(
      () => expect.unreachable('It was answered.'),
      (error: unknown) => (error instanceof APIError ? error : expect.unreachable(String(error))),
    );

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({ database, apply: document(['one']) });
    openai = new OpenAI({ apiKey: openToken.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    for (let count = 0; count < 14; count += 1) {
      const { id, output } = await openai.responses.create({ model: 'common', input: 'Remember this.' });
      made.push(id);
      items.push(output[0]?.id ?? '');
    }
    conversation = (await openai.conversations.create({})).id;
    file = (await openai.files.create({ file: await toFile(Buffer.from('text'), 'a.txt'), purpose: 'user_data' })).id;
    await gateway.applied(document(few));
    await inUse('two');
  });
  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  it('finds the account by itself, is paid for once, and notes it', async () => {
    const costs = new Set<string | null>();
    for (const previous of made.slice(0, 4)) {
      const start = soFar();
      const { data, response } = await goOn(previous).withResponse();
      expect(data.output_text).toBe('one knows 1 earlier');
      costs.add(response.headers.get('x-tollgate-cost'));
      expect(askedSince(start).at(-1)).toBe('one');
      expect(new Set(askedSince(start)).size).toBe(askedSince(start).length);
    }
    await eventually('their account is known', async () => {
      const start = soFar();
      for (const previous of made.slice(0, 4)) costs.add((await goOn(previous).withResponse()).response.headers.get('x-tollgate-cost'));
      return askedSince(start).every((name) => name === 'one');
    });
    expect(costs.size).toBe(1);
  });

  it('finds it where the answer is streamed, and whatever it names', async () => {
    const stream = openai.responses.stream({ model: 'common', input: 'And?', previous_response_id: made[4] ?? '' });
    expect((await stream.finalResponse()).output_text).toBe('one knows 1 earlier');
    const inputs: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming>[] = [
      { input: [{ type: 'item_reference', id: items[5] ?? '' }] },
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: file }] }] },
      { input: 'Hello', conversation },
    ];
    for (const given of inputs) {
      const start = soFar();
      // Each of three keys is begun with in turn.
      for (let round = 0; round < 3; round += 1)
        expect((await openai.responses.create({ model: 'common', ...given })).output_text).toContain('one knows');
      expect(askedSince(start).filter((name) => name === 'one')).toHaveLength(3);
    }
  });

  it('finds it in whatever words the others have not got it, which says nothing of them', async () => {
    isTerse = true;
    for (const previous of made.slice(5, 12)) expect((await goOn(previous)).output_text).toBe('one knows 1 earlier');
    isTerse = false;
  });

  it('is told that it is gone where nobody has it, in the words of the vendor', async () => {
    const [lost = ''] = made.splice(12, 1);
    one.lose(lost);
    const error = await refusalOf(goOn(lost));
    expect(error).toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
    expect(error.message).not.toContain('No other upstream');
  });

  it('is not told so while the account that may have it rests', async () => {
    const previous = made.at(-1) ?? '';
    one.isLocked = true;
    expect(await refusalOf(goOn(previous))).toMatchObject({ status: 502, code: 'upstream_refused' });
    const start = soFar();
    expect(await refusalOf(goOn(previous))).toMatchObject({ status: 503, code: 'no_channel_available' });
    expect([...askedSince(start)].sort()).toEqual(['three', 'two']);
    one.isLocked = false;
  });

  it('asks so many accounts at most and says so', async () => {
    await gateway.applied(document(many));
    const previous = made.at(-1) ?? '';
    one.lose(previous);
    await eventually('all keys are in use', async () => {
      const start = soFar();
      await openai.responses.create({ model: 'common', input: 'Hello' });
      return askedSince(start)[0]?.startsWith('more-') === true;
    });
    const asked = new Set<string>();
    // All but the one that rests: sooner or later whoever sends it again finds it.
    await eventually('each was asked', async () => {
      const start = soFar();
      expect(await refusalOf(goOn(previous))).toMatchObject({ status: 503, code: 'account_not_found_yet', param: 'previous_response_id' });
      expect(new Set(askedSince(start)).size).toBe(16);
      expect(askedSince(start)).toHaveLength(16);
      for (const name of askedSince(start)) asked.add(name);
      return asked.size === many.length - 1;
    });
  });
});
