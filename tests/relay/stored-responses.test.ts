import OpenAI, { APIError } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openaiAccount, type OpenaiAccount } from '../replay/openai-account.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import {
  alice,
  type ApplyDocument,
  type ChannelEntry,
  chatChannel,
  keyOf,
  neverResting,
  openToken,
  pricedByTokens,
} from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { usageRowsOf } from '../support/usage-rows.js';
import { readError } from './error-shapes.js';
import { rawCall } from './raw-call.js';

/** Two accounts at the vendor that know nothing of each other. `first` is preferred; `second` alone offers the model `rare`. */
const names = ['first', 'second'] as const;
const upstreamKeyOf = (name: string): string => `upstream-secret-of-${name}`;
const password = 'a long enough password';

const tokens = [
  openToken,
  { name: 'other-token', user: 'alice', key: keyOf('other-token'), unlimited: true },
  { name: 'stranger', user: 'bob', key: keyOf('stranger'), unlimited: true },
  { name: 'compacting', user: 'alice', key: keyOf('compacting'), unlimited: true },
  { name: 'one-model', user: 'alice', key: keyOf('one-model'), unlimited: true, models: ['common'] },
  { name: 'elsewhere', user: 'alice', key: keyOf('elsewhere'), unlimited: true, allowIps: ['203.0.113.0/24'] },
  { name: 'expired', user: 'alice', key: keyOf('expired'), unlimited: true, expiresAt: '2020-01-01T00:00:00Z' },
  { name: 'poor', user: 'carol', key: keyOf('poor'), unlimited: true },
];

function channelOf(name: string, baseUrl: string, more: Partial<ChannelEntry>): ChannelEntry {
  return { name, provider: 'openai', config: { baseUrl, apiKey: upstreamKeyOf(name) }, models: ['common'], ...more };
}

describe('a stored response', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accounts: Record<(typeof names)[number], OpenaiAccount>;
  let openai: OpenAI;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    accounts = { first: openaiAccount('first', upstreamKeyOf('first')), second: openaiAccount('second', upstreamKeyOf('second')) };
    gateway = await startGateway({ apply: document() });
    openai = clientOf(openToken.key);
  });

  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
  });

  function document(second: Partial<ChannelEntry> = {}): ApplyDocument {
    return {
      models: pricedByTokens('common', 'rare', 'spoken-otherwise'),
      channels: [
        channelOf('first', upstream.place('first', accounts.first.behaviour), { priority: 10 }),
        channelOf('second', upstream.place('second', accounts.second.behaviour), { models: ['common', 'rare'], ...second }),
        chatChannel('chat', upstream.place('chat', answers()), ['spoken-otherwise']),
      ],
      users: [alice, { username: 'bob', password, points: 1_000_000 }, { username: 'carol', password, points: 1 }],
      tokens,
      settings: neverResting,
    };
  }

  function clientOf(key: string): OpenAI {
    return new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  }

  /** A response that `second` has, although `first` is preferred for all that both may do. */
  const atSecond = (more: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {}) =>
    openai.responses.create({ model: 'rare', input: 'Remember this.', ...more });

  const askedOf = (name: string, what: string): number =>
    upstream.requestsTo(name).filter(({ method, path }) => `${method} ${path}`.includes(what)).length;

  it('is made where the priorities say if nothing binds it', async () => {
    expect((await openai.responses.create({ model: 'common', input: 'Hello' })).output_text).toBe('first knows 0 earlier');
  });

  it('is continued by the account that has it, again and again', async () => {
    const one = await atSecond();
    const two = await openai.responses.create({ model: 'common', input: 'And?', previous_response_id: one.id });
    const three = await openai.responses.create({ model: 'common', input: 'And?', previous_response_id: two.id });
    expect(three.output_text).toBe('second knows 2 earlier');
  });

  it('is continued by a stream, and a stream is continued, even before its connection has ended', async () => {
    const one = await atSecond();
    accounts.second.lingerMs = 500;
    let completed: OpenAI.Responses.Response | undefined;
    for await (const event of await openai.responses.create({
      model: 'common',
      input: 'And?',
      previous_response_id: one.id,
      stream: true,
    })) {
      if (event.type !== 'response.completed') continue;
      completed = event.response;
      break;
    }
    accounts.second.lingerMs = 0;
    const next = await openai.responses.create({ model: 'common', input: 'And?', previous_response_id: completed?.id ?? null });
    expect(next.output_text).toBe('second knows 2 earlier');
  });

  it('is read, listed, cancelled and deleted where it is', async () => {
    const { id, output_text } = await atSecond();
    const before = upstream.requestsTo('first').length;
    expect((await openai.responses.retrieve(id)).output_text).toBe(output_text);
    const { data } = await openai.responses.inputItems.list(id, { order: 'asc', limit: 5 });
    expect(JSON.stringify(data)).toContain('Remember this.');
    expect(upstream.requestsTo('second').at(-1)?.path).toContain('/input_items?order=asc&limit=5');
    expect((await openai.responses.cancel(id)).status).toBe('cancelled');
    await openai.responses.delete(id);
    await expect(openai.responses.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'resource_not_found' });
    expect(upstream.requestsTo('first')).toHaveLength(before);
  });

  it('belongs to a user, whatever the token', async () => {
    const { id } = await atSecond();
    expect((await clientOf(keyOf('other-token')).responses.retrieve(id)).id).toBe(id);
  });

  it('of somebody else is as unknown as one that never was', async () => {
    const { id, output } = await atSecond();
    const stranger = clientOf(keyOf('stranger'));
    const made = await stranger.responses.create({ model: 'rare', input: 'Hello' });
    const before = upstream.requests.length;
    const tries: readonly ((named: string) => Promise<unknown>)[] = [
      (named) => stranger.responses.retrieve(named),
      (named) => stranger.responses.delete(named),
      (named) => stranger.responses.cancel(named),
      (named) => stranger.responses.inputItems.list(named),
      (named) => stranger.responses.create({ model: 'rare', input: 'And?', previous_response_id: named }),
      (named) => stranger.responses.create({ model: 'rare', input: 'And?', conversation: named }),
      (named) => stranger.responses.create({ model: 'rare', input: [{ type: 'item_reference', id: named }] }),
      (named) => stranger.responses.inputTokens.count({ model: 'rare', input: 'And?', previous_response_id: named }),
      (named) => stranger.responses.compact({ model: 'rare', previous_response_id: named }),
    ];
    for (const attempt of tries) {
      const told = await Promise.all([id, output[0]?.id ?? '', 'resp_never'].map((named) => refusalOf(attempt(named), named)));
      expect(told[0]).toMatch(/^(400 reference_not_found|404 resource_not_found)/);
      expect(new Set(told)).toHaveLength(1);
    }
    expect(upstream.requests).toHaveLength(before);
    expect((await stranger.responses.retrieve(made.id)).id).toBe(made.id);
  });

  it('that was not to be stored is not known afterwards', async () => {
    const { id } = await atSecond({ store: false });
    await expect(openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id })).rejects.toMatchObject({
      status: 400,
      code: 'reference_not_found',
      param: 'previous_response_id',
    });
  });

  it('takes part in a conversation that stays where it was made', async () => {
    const conversation = await openai.conversations.create({ items: [{ type: 'message', role: 'user', content: 'My name is Ada.' }] });
    const home = conversation.id.includes('first') ? 'first' : 'second';
    expect(home).toBe('first');
    const answer = await openai.responses.create({ model: 'common', input: 'Who am I?', conversation: conversation.id });
    expect(answer.id).toContain(home);
    const byObject = await openai.responses.create({ model: 'common', input: 'Who am I?', conversation: { id: conversation.id } });
    expect(byObject.id).toContain(home);
    await expect(openai.responses.create({ model: 'rare', input: 'Who?', conversation: conversation.id })).rejects.toMatchObject({
      status: 400,
      code: 'resource_unreachable',
      param: 'conversation',
    });
  });

  it('has conversations that can be read, changed and deleted with their items', async () => {
    const { id } = await openai.conversations.create({});
    const added = await openai.conversations.items.create(id, { items: [{ type: 'message', role: 'user', content: 'Hello' }] });
    const itemId = (added.data[0] as { id: string }).id;
    expect(await openai.conversations.items.retrieve(itemId, { conversation_id: id })).toMatchObject({ content: 'Hello' });
    expect((await openai.conversations.items.list(id)).data).toHaveLength(1);
    expect((await openai.conversations.update(id, { metadata: { topic: 'tests' } })).metadata).toEqual({ topic: 'tests' });
    await openai.conversations.items.delete(itemId, { conversation_id: id });
    await expect(openai.conversations.items.retrieve(itemId, { conversation_id: id })).rejects.toMatchObject({ status: 404 });
    expect((await openai.conversations.retrieve(id)).id).toBe(id);
    await openai.conversations.delete(id);
    await expect(openai.conversations.retrieve(id)).rejects.toMatchObject({ status: 404, code: 'resource_not_found' });
  });

  it.each([true, false])('can be referred to item by item (streamed: %s)', async (stream) => {
    const itemId = stream ? await streamedItem() : ((await atSecond()).output[0]?.id ?? '');
    const answer = await openai.responses.create({
      model: 'common',
      input: [
        { type: 'item_reference', id: itemId },
        { role: 'user', content: 'And?' },
      ],
    });
    expect(answer.id).toContain('second');
  });

  async function streamedItem(): Promise<string> {
    for await (const event of await openai.responses.create({ model: 'rare', input: 'Remember this.', stream: true })) {
      if (event.type === 'response.output_item.done') return event.item.id ?? '';
    }
    return '';
  }

  it('cannot be used together with what another account has', async () => {
    const { id } = await atSecond();
    const conversation = await openai.conversations.create({});
    await expect(
      openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id, conversation: conversation.id }),
    ).rejects.toMatchObject({ status: 400, code: 'references_apart', param: 'conversation' });
  });

  it('is not looked for elsewhere when its account fails, and the caller is told why', async () => {
    const { id } = await atSecond();
    accounts.second.isDown = true;
    const before = upstream.requestsTo('first').length;
    const error = await failureOf(openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id }));
    const reading = await failureOf(openai.responses.retrieve(id));
    accounts.second.isDown = false;
    expect(error).toMatchObject({ status: 502, code: 'upstream_failed' });
    expect(error.message).toContain('No other upstream was tried, since what previous_response_id names is kept by this one only.');
    expect(reading).toMatchObject({ status: 502, code: 'upstream_failed' });
    expect(upstream.requestsTo('first')).toHaveLength(before);
  });

  it('tells nothing of the key with which its account is called', async () => {
    const { id } = await atSecond();
    accounts.second.isLocked = true;
    const failures = await Promise.all([openai.responses.retrieve(id), openai.responses.delete(id)].map(failureOf));
    accounts.second.isLocked = false;
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: 502, code: 'upstream_refused' });
      expect(failure.message).not.toContain(upstreamKeyOf('second'));
    }
  });

  it('that its account has lost is told to be lost, in the words of the vendor', async () => {
    const { id, output } = await atSecond();
    const itemId = output[0]?.id ?? '';
    accounts.second.lose(id);
    accounts.second.lose(itemId);
    expect(await failureOf(openai.responses.retrieve(id))).toMatchObject({ status: 404, code: 'resource_not_found' });
    const continued = await failureOf(openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id }));
    expect(continued).toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
    const referred = await failureOf(openai.responses.create({ model: 'common', input: [{ type: 'item_reference', id: itemId }] }));
    expect(referred).toMatchObject({ status: 404, code: 'resource_not_found', param: 'input' });
    expect(referred.message).toContain(`Item with id '${itemId}' not found.`);
  });

  it('is out of reach while its channel is switched off, and back with it', async () => {
    const { id } = await atSecond();
    const continued = { model: 'common', input: 'And?', previous_response_id: id } as const;
    await gateway.applied(document({ enabled: false }));
    await eventually('the channel is gone', async () => (await openai.models.list()).data.every((model) => model.id !== 'rare'));
    expect(await failureOf(openai.responses.create(continued))).toMatchObject({
      status: 400,
      code: 'resource_unreachable',
      param: 'previous_response_id',
    });
    expect(await failureOf(openai.responses.retrieve(id))).toMatchObject({ status: 400, code: 'resource_unreachable' });
    await gateway.applied(document());
    await eventually('the channel is back', async () => (await openai.models.list()).data.some((model) => model.id === 'rare'));
    expect((await openai.responses.create(continued)).output_text).toBe('second knows 1 earlier');
  });

  it('cannot be had of a model that is served in another dialect', async () => {
    const { id } = await atSecond();
    await expect(openai.responses.create({ model: 'spoken-otherwise', input: 'And?', previous_response_id: id })).rejects.toMatchObject({
      status: 400,
      code: 'state_not_available',
      param: 'previous_response_id',
    });
    const translated = await openai.responses.create({ model: 'spoken-otherwise', input: 'Hello' });
    await expect(openai.responses.retrieve(translated.id)).rejects.toMatchObject({ status: 404, code: 'resource_not_found' });
  });

  it('of an impossible name is as unknown as any other', async () => {
    for (const id of ['nul\u0000', 'x'.repeat(5_000), '\ud800', 'a/../b', "'; drop table resources"]) {
      const refused = await failureOf(openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id }));
      expect(refused).toMatchObject({ status: 400, code: 'reference_not_found', param: 'previous_response_id' });
    }
    await expect(openai.responses.retrieve('nul%00')).rejects.toMatchObject({ status: 404, code: 'resource_not_found' });
  });

  it('is named once and plainly, so that everybody reads the same', async () => {
    const { id } = await atSecond();
    for (const body of [
      `{"model":"common","input":"And?","previous_response_id":"resp_x","previous_response_id":"${id}"}`,
      `{"model":"common","input":"And?","previous_response_\\u0069d":"${id}"}`,
    ]) {
      const answer = await rawCall({ url: gateway.url, key: keyOf('stranger'), dialect: 'openai-responses', model: 'common', body });
      expect(answer.status).toBe(400);
      expect(readError('openai-responses', 400, answer.json()).code).toBe('ambiguous_request');
    }
  });

  it('is never made in the background', async () => {
    await expect(atSecond({ background: true })).rejects.toMatchObject({
      status: 400,
      code: 'background_not_supported',
      param: 'background',
    });
  });

  it.each([
    ['elsewhere', 403, 'ip_not_allowed'],
    ['expired', 401, 'token_expired'],
    ['unheard-of', 401, 'invalid_api_key'],
  ])('is kept from the token "%s"', async (token, status, code) => {
    const { id } = await atSecond();
    const before = upstream.requests.length;
    await expect(clientOf(keyOf(token)).responses.retrieve(id)).rejects.toMatchObject({ status, code });
    await expect(clientOf(keyOf(token)).conversations.create({})).rejects.toMatchObject({ status, code });
    expect(upstream.requests).toHaveLength(before);
  });

  it('is compacted where it is, for the price of the tokens that the upstream counts', async () => {
    const { id } = await atSecond();
    const compacting = clientOf(keyOf('compacting'));
    const compacted = await compacting.responses.compact({ model: 'common', previous_response_id: id, input: 'And this.' });
    expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ encrypted_content: 'sealed by second' }] });
    const [row] = await usageRowsOf(gateway, keyOf('compacting'), 1);
    expect(row).toMatchObject({ model: 'common', outcome: 'ok', usage: { input: 400, output: 50 }, estimated: false, cost: '500' });
  });

  it('is compacted only by whom its price and the token allow', async () => {
    const long = 'word '.repeat(1_000);
    await expect(clientOf(keyOf('poor')).responses.compact({ model: 'common', input: long })).rejects.toMatchObject({ status: 402 });
    await expect(clientOf(keyOf('one-model')).responses.compact({ model: 'rare', input: long })).rejects.toMatchObject({
      status: 403,
      code: 'model_not_allowed',
    });
    await expect(openai.responses.compact({ model: 'spoken-otherwise', input: long })).rejects.toMatchObject({
      status: 503,
      code: 'no_channel',
    });
  });

  it('lets the headers of coding agents pass, there and back', async () => {
    const headers = { session_id: 'session-1', originator: 'agent', 'x-codex-turn-metadata': '{"turn":7}', 'openai-organization': 'org-x' };
    for (const stream of [true, false]) {
      const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-responses', model: 'common', stream, headers });
      expect(answer.headers.get('x-codex-turn-state')).toBe('turn-7');
      const sent = upstream.requestsTo('first').at(-1)?.headers;
      expect(sent).toMatchObject({ session_id: 'session-1', originator: 'agent', 'x-codex-turn-metadata': '{"turn":7}' });
      expect(sent).not.toHaveProperty('openai-organization');
    }
  });

  it('is known after a restart', async () => {
    const { id } = await atSecond();
    await gateway.kill('SIGTERM');
    await gateway.start();
    const next = await openai.responses.create({ model: 'common', input: 'And?', previous_response_id: id });
    expect(next.output_text).toBe('second knows 1 earlier');
  });

  it('leaves clean books, and no key of an upstream in the logs', async () => {
    await gateway.expectCleanLedger();
    expect(askedOf('second', 'POST /second/v1/responses')).toBeGreaterThan(5);
    for (const name of names) expect(gateway.logs).not.toContain(upstreamKeyOf(name));
  });
});

interface Failure {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly message: string;
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error = await call.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  if (!(error instanceof APIError)) throw new Error(`The call did not fail as expected: ${String(error)}`);
  return error as unknown as Failure;
}

/** What a caller is told, with the id taken out. */
async function refusalOf(call: Promise<unknown>, id: string): Promise<string> {
  const { status, code, param, message } = await failureOf(call);
  return `${status} ${code} ${param} ${message}`.replaceAll(id, '…');
}
