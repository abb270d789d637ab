import OpenAI, { APIError, toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openaiAccount, type OpenaiAccount } from '../replay/openai-account.js';
import { type Behaviour, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';

const names = ['one', 'two', 'three'] as const;
const upstreamKeyOf = (name: string): string => `upstream-secret-of-${name}`;

describe.each(databaseKinds)('what was made before a channel listed its keys, on %s,', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let openai: OpenAI;
  const accounts = new Map<string, OpenaiAccount>(names.map((name) => [name, openaiAccount(name, upstreamKeyOf(name))]));
  const one = accounts.get('one') as OpenaiAccount;
  const made: { responses: string[]; files: string[]; conversation: string } = { responses: [], files: [], conversation: '' };

  let answersNothing = false;
  const byKey: Behaviour = (request, response) => {
    if (answersNothing) {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>');
      return undefined;
    }
    const name = names.find((known) => request.headers.authorization === `Bearer ${upstreamKeyOf(known)}`) ?? '';
    return accounts.get(name)?.behaviour(request, response);
  };
  /** Whom the upstream was asked as, in order. */
  const askedSince = (start: number): readonly string[] =>
    upstream
      .requestsTo('many')
      .slice(start)
      .map(({ headers }) => names.find((known) => headers.authorization === `Bearer ${upstreamKeyOf(known)}`) ?? '');
  const soFar = (): number => upstream.requestsTo('many').length;

  const document = (keys: readonly string[], off?: string): ApplyDocument => {
    const baseUrl = upstream.place('many', byKey);
    const [only] = keys;
    return {
      models: pricedByTokens('common'),
      channels: [
        keys.length === 1
          ? { name: 'many', provider: 'openai', config: { baseUrl, apiKey: upstreamKeyOf(only ?? '') }, models: ['common'] }
          : {
              name: 'many',
              provider: 'openai',
              config: { baseUrl },
              keys: keys.map((name) => ({ key: upstreamKeyOf(name), enabled: name !== off })),
              models: ['common'],
            },
      ],
      users: [alice],
      tokens: [openToken],
      settings: { health: { disableStatusCodes: [] } },
    };
  };

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({ database, apply: document(['one']) });
    openai = new OpenAI({ apiKey: openToken.key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    for (let count = 0; count < 6; count += 1)
      made.responses.push((await openai.responses.create({ model: 'common', input: 'Remember this.' })).id);
    for (let count = 0; count < 3; count += 1)
      made.files.push((await openai.files.create({ file: await toFile(Buffer.from('text'), 'a.txt'), purpose: 'user_data' })).id);
    made.conversation = (await openai.conversations.create({})).id;
    // The one that has it all is the last to be asked.
    await gateway.applied(document(['two', 'three', 'one']));
    await eventually('the keys are in use', async () => {
      const start = soFar();
      await openai.responses.create({ model: 'common', input: 'Hello' });
      return askedSince(start)[0] !== 'one';
    });
  });
  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  const refusalOf = async (asked: Promise<unknown>): Promise<APIError> =>
    asked.then(
      () => expect.unreachable('It was answered.'),
      (error: unknown) => (error instanceof APIError ? error : expect.unreachable(String(error))),
    );

  it('is looked for at each of them, and its account is known from then on, over a restart', async () => {
    const [id = ''] = made.responses;
    let start = soFar();
    expect((await openai.responses.retrieve(id)).id).toBe(id);
    expect(askedSince(start)).toEqual(['two', 'three', 'one']);
    start = soFar();
    expect((await openai.responses.retrieve(id)).id).toBe(id);
    const next = await openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id });
    expect(next.output_text).toBe('one knows 1 earlier');
    expect(askedSince(start)).toEqual(['one', 'one']);
    await gateway.kill('SIGTERM');
    await gateway.start();
    start = soFar();
    expect((await openai.responses.retrieve(id)).id).toBe(id);
    expect(askedSince(start)).toEqual(['one']);
  });

  it('is found where it is listed, deleted and added to', async () => {
    const listed = await openai.files.list();
    expect(listed.data.map(({ id }) => id).sort()).toEqual([...made.files].sort());
    let start = soFar();
    expect((await openai.files.list()).data).toHaveLength(made.files.length);
    expect(new Set(askedSince(start))).toEqual(new Set(['one']));
    const added = await openai.conversations.items.create(made.conversation, {
      items: [{ type: 'message', role: 'user', content: 'Hello' }],
    });
    expect(added.data).toHaveLength(1);
    const [, deleted = ''] = made.responses;
    await openai.responses.delete(deleted);
    start = soFar();
    expect(await refusalOf(openai.responses.retrieve(deleted))).toMatchObject({ status: 404 });
    expect(askedSince(start)).toEqual([]);
  });

  it('is found where something new is made of it', async () => {
    const { output } = await openai.responses.retrieve(made.responses[3] ?? '');
    const item = { type: 'item_reference' as const, id: output[0]?.id ?? '' };
    const start = soFar();
    expect((await openai.conversations.create({ items: [item] })).id).toContain('one_');
    expect(askedSince(start)).toEqual(['two', 'three', 'one']);
    expect((await openai.conversations.create({ items: [item] })).id).toContain('one_');
    expect(askedSince(start)).toEqual(['two', 'three', 'one', 'one']);
  });

  it('is gone where nobody has it, which says nothing of the channel', async () => {
    const [, , lost = ''] = made.responses;
    one.lose(lost);
    for (let round = 0; round < 12; round += 1) {
      const start = soFar();
      expect(await refusalOf(openai.responses.inputItems.list(lost))).toMatchObject({ status: 404 });
      expect(askedSince(start)).toEqual(['two', 'three', 'one']);
    }
    expect(await refusalOf(openai.responses.retrieve(lost))).toMatchObject({ status: 404 });
    const start = soFar();
    expect(await refusalOf(openai.responses.retrieve(lost))).toMatchObject({ status: 404, code: 'resource_not_found' });
    expect(askedSince(start)).toEqual([]);
    expect((await openai.responses.retrieve(made.responses[0] ?? '')).id).toBe(made.responses[0]);
  });

  it('may be behind a key that is switched off: it is there again when the key is', async () => {
    const [noted = '', , , , , id = ''] = made.responses;
    const isOn = () => openai.responses.retrieve(noted).then(Boolean, () => false);
    await gateway.applied(document(['two', 'three', 'one'], 'one'));
    await eventually('the key is off', async () => !(await isOn()));
    expect(await refusalOf(openai.responses.inputItems.list(id))).toMatchObject({ status: 503, code: 'account_not_found_yet' });
    expect(await refusalOf(openai.responses.retrieve(id))).toMatchObject({ status: 503, code: 'account_not_found_yet' });
    await gateway.applied(document(['two', 'three', 'one']));
    await eventually('the key is on', isOn);
    expect((await openai.responses.retrieve(id)).id).toBe(id);
  });

  it('stays in lists though something in front of the account answered for it', async () => {
    answersNothing = true;
    expect((await openai.files.list()).data).toEqual([]);
    answersNothing = false;
    expect((await openai.files.list()).data).toHaveLength(made.files.length);
  });

  it('may be at an account that rests: then it is not said to be gone', async () => {
    const [, , , , id = ''] = made.responses;
    one.isLocked = true;
    expect(await refusalOf(openai.responses.retrieve(id))).toMatchObject({ status: 502, code: 'upstream_refused' });
    const start = soFar();
    expect(await refusalOf(openai.responses.retrieve(id))).toMatchObject({ status: 503, code: 'no_channel_available' });
    expect(askedSince(start)).toEqual(['two', 'three']);
  });
});
