import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answers,
  type Behaviour,
  refuses,
  type ScriptedUpstream,
  startScriptedUpstream,
  staysSilent,
} from '../replay/scripted-upstream.js';
import { alice, type ApplyDocument, type ChannelEntry, chatChannel, openToken, pricedByTokens } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { accountOf, usageRowsOf } from '../support/usage-rows.js';
import { type RawAnswer, rawCall, rawFetch } from './raw-call.js';

const usage = { prompt_tokens: 600, completion_tokens: 10 };
/** By the prices of these models: 600 in and 10 out, at 1 and 2 points. */
const price = '620';

const quick = answers({ text: 'from the second', usage });
const kinds = [
  { dialect: 'openai-chat', stream: false },
  { dialect: 'openai-chat', stream: true },
  { dialect: 'claude-messages', stream: false },
  { dialect: 'claude-messages', stream: true },
] as const;
type Kind = (typeof kinds)[number];

/** What an upstream sends before it hangs. */
const beginsOnly: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
};

interface AttemptSeen {
  readonly channelId: string;
  readonly failure?: string;
  readonly hedge?: string;
  readonly charged?: true;
}

interface ReceiptSeen {
  readonly channelId: string;
  readonly cost: string;
  readonly outcome: string;
  readonly ending: string;
  readonly attempts: readonly AttemptSeen[];
  readonly routing: { readonly choices: readonly { readonly channel: string; readonly hedgeAfterMs?: number }[] };
}

describe.each(databaseKinds)('a call that has got nothing for a while (%s)', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accessToken: string;
  /** Model → who waits for its second place to be asked. */
  const asked = new Map<string, () => void>();

  /** Does this as soon as the second place of the model has been asked. */
  function onceHedged(model: string, behaviour: Behaviour): Behaviour {
    return async (request, response) => {
      await new Promise<void>((resolve) => asked.set(model, resolve));
      await behaviour(request, response);
    };
  }

  function second(model: string, behaviour: Behaviour): Behaviour {
    return async (request, response) => {
      asked.get(model)?.();
      await behaviour(request, response);
    };
  }

  /** Answers when the other side has been told that its request failed. */
  const answersLater = (text: string): Behaviour => answers({ text, usage, delayMs: 150 });

  function pair(model: string, first: Behaviour, other: Behaviour, more: Partial<ChannelEntry> = {}): readonly ChannelEntry[] {
    return [
      chatChannel(`${model}-first`, upstream.place(`${model}-first`, first), [model], { priority: 9, ...more }),
      chatChannel(`${model}-second`, upstream.place(`${model}-second`, second(model, other)), [model], { priority: 8, ...more }),
    ];
  }

  function document(): ApplyDocument {
    const oneAtOnce = { limits: { concurrentCalls: 1 } };
    const byKey: Behaviour = (request, response) =>
      request.headers.authorization?.endsWith('hanging-key') === true ? undefined : quick(request, response);
    const channels = [
      ...pair('slow', staysSilent, quick, oneAtOnce),
      ...pair('begun', beginsOnly, quick),
      ...pair('wins', onceHedged('wins', answers({ text: 'from the first', usage })), staysSilent, oneAtOnce),
      ...pair('fails', onceHedged('fails', refuses(500)), answersLater('from the second')),
      ...pair('both', onceHedged('both', refuses(500)), async (request, response) => {
        await eventually('the first has failed', async () => upstream.requestsTo('both-first').length > 0);
        await refuses(503)(request, response);
      }),
      chatChannel('both-third', upstream.place('both-third', answers({ text: 'from the third', usage })), ['both'], { priority: 7 }),
      ...pair('none', onceHedged('none', refuses(500)), refuses(503)),
      chatChannel('none-third', upstream.place('none-third', refuses(500)), ['none'], { priority: 7 }),
      chatChannel('none-fourth', upstream.place('none-fourth', quick), ['none'], { priority: 6 }),
      ...pair('hangs', staysSilent, staysSilent, oneAtOnce),
      ...pair('left', onceHedged('left', refuses(500)), staysSilent),
      ...pair('never', answers({ usage, delayMs: 150 }), quick),
      ...pair('kept', answers({ usage, delayMs: 150 }), quick),
      chatChannel('keys', upstream.place('keys', byKey), ['keys'], {
        config: { baseUrl: `${upstream.url}/keys/v1` },
        keys: ['the-hanging-key', 'the-other-key'],
        keyOrder: 'in-turn',
      }),
    ];
    return {
      models: pricedByTokens(...new Set(channels.flatMap((channel) => channel.models))),
      channels,
      users: [alice, { username: 'root', role: 'root' }],
      tokens: [openToken],
      settings: {
        routing: { hedgeAfterMs: 40, hedgeAfterMsOfModels: { never: 0 }, hedgedPercentMax: 100 },
        // Whatever counted as a failure would be seen at once.
        health: { openAfterFailures: 1 },
        relay: { attemptsMax: 3, channelWaitMaxMs: 0 },
      },
    };
  }

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    gateway = await startGateway({ apply: document(), database });
    accessToken = (await gateway.command('token', 'create', '--access')).stdout.trim();
  });

  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  const call = (model: string, { dialect, stream }: Kind = kinds[0], more: object = {}): Promise<RawAnswer> =>
    rawCall({ url: gateway.url, key: openToken.key, dialect, model, stream, ...more });

  async function receiptOf(requestId: string | null): Promise<ReceiptSeen> {
    const read = () => fetch(`${gateway.url}/api/usage/${requestId}`, { headers: { authorization: `Bearer ${accessToken}` } });
    await eventually('the receipt is there', async () => (await read()).status === 200);
    return (await (await read()).json()) as ReceiptSeen;
  }

  async function answeredBy(model: string, words: string, kind: Kind): Promise<ReceiptSeen> {
    const before = await accountOf(gateway, openToken.key);
    const answer = await call(model, kind);
    expect(answer.status, answer.body.toString('utf8')).toBe(200);
    expect(answer.body.toString('utf8')).toContain(words);
    expect(answer.headers.get('x-tollgate-cost')).toBe(kind.stream ? null : price);
    const receipt = await receiptOf(answer.headers.get('x-request-id'));
    expect(receipt).toMatchObject({ outcome: 'ok', ending: 'complete', cost: price });
    const after = await accountOf(gateway, openToken.key);
    expect(Number(before.balance) - Number(after.balance)).toBe(Number(price));
    expect(after.held).toBe('0');
    await eventually('nobody is asked any more', async () => upstream.openResponses() === 0);
    return receipt;
  }

  it.each(kinds)('is answered by a second channel, and costs once: $dialect (streamed: $stream)', async (kind) => {
    const { routing, attempts, channelId } = await answeredBy('slow', 'from the second', kind);
    expect(routing.choices).toMatchObject([{ channel: 'slow-first' }, { channel: 'slow-second', hedgeAfterMs: 40 }]);
    expect(routing.choices[0]).not.toHaveProperty('hedgeAfterMs');
    expect(attempts).toMatchObject([
      { hedge: 'first', failure: 'hedge_lost' },
      { hedge: 'second', channelId },
    ]);
    expect(attempts[1]).not.toHaveProperty('failure');
  });

  it('is answered by a second channel where the first has sent its head alone', async () => {
    const { attempts } = await answeredBy('begun', 'from the second', kinds[1]);
    expect(attempts).toMatchObject([{ hedge: 'first', status: 200, failure: 'hedge_lost' }, { hedge: 'second' }]);
  });

  it.each(kinds)('is answered by the first if that begins first: $dialect (streamed: $stream)', async (kind) => {
    const { attempts, channelId } = await answeredBy('wins', 'from the first', kind);
    expect(attempts).toMatchObject([
      { hedge: 'first', channelId },
      { hedge: 'second', failure: 'hedge_lost' },
    ]);
  });

  it('goes on with the second when the first fails meanwhile', async () => {
    const { attempts } = await answeredBy('fails', 'from the second', kinds[1]);
    expect(attempts).toMatchObject([{ hedge: 'first', status: 500 }, { hedge: 'second' }]);
    expect(attempts[0]?.failure).not.toBe('hedge_lost');
  });

  it('goes on to a third when both fail', async () => {
    const { attempts, routing } = await answeredBy('both', 'from the third', kinds[0]);
    expect(attempts).toMatchObject([{ hedge: 'first', status: 500 }, { hedge: 'second', status: 503 }, {}]);
    expect(attempts[2]).not.toHaveProperty('hedge');
    expect(routing.choices.map(({ channel }) => channel)).toEqual(['both-first', 'both-second', 'both-third']);
  });

  it('is tried no more often than any other', async () => {
    expect((await call('none')).status).toBeGreaterThanOrEqual(500);
    expect(upstream.requestsTo('none-third')).toHaveLength(1);
    expect(upstream.requestsTo('none-fourth')).toHaveLength(0);
  });

  it('is also sent with another key of its channel where there is no other channel', async () => {
    for (let round = 0; round < 2; round += 1) expect((await call('keys')).body.toString('utf8')).toContain('from the second');
    expect(upstream.requestsTo('keys').map(({ headers }) => headers.authorization?.slice(-11))).toContain('hanging-key');
  });

  it.each(kinds)('is stopped twice and settled once when its client leaves: $dialect (streamed: $stream)', async (kind) => {
    const rowsOfHanging = async () => (await usageRowsOf(gateway, openToken.key, 0)).filter(({ model }) => model === 'hangs');
    const earlier = (await rowsOfHanging()).length;
    const seen = upstream.requestsTo('hangs-second').length;
    const leaving = new AbortController();
    const left = rawFetch({ url: gateway.url, key: openToken.key, model: 'hangs', ...kind, signal: leaving.signal }).catch(() => 'left');
    await eventually('both are asked', async () => upstream.requestsTo('hangs-second').length > seen);
    leaving.abort();
    expect(await left).toBe('left');
    await eventually('both are stopped', async () => upstream.openResponses() === 0);
    await eventually('it is settled', async () => (await rowsOfHanging()).length > earlier);
    const rows = await rowsOfHanging();
    expect(rows).toHaveLength(earlier + 1);
    expect(rows[0]).toMatchObject({ outcome: 'aborted', ending: 'client-left', policy: 'not-delivered', cost: '0' });
    const { attempts } = await receiptOf(rows[0]?.requestId ?? null);
    expect(attempts).toHaveLength(2);
  });

  it('is ended by its client where the first has failed before it left, and the second ran', async () => {
    const leaving = new AbortController();
    const asking = { url: gateway.url, key: openToken.key, dialect: 'openai-chat', model: 'left', stream: true };
    const left = rawFetch({ ...asking, signal: leaving.signal }).catch(() => 'left');
    await eventually(
      'the second alone is asked',
      async () => upstream.requestsTo('left-second').length === 1 && upstream.openResponses() === 1,
    );
    // The failure has been sent; the gateway has it a moment later.
    await wait(100);
    leaving.abort();
    expect(await left).toBe('left');
    const rowsOfLeft = async () => (await usageRowsOf(gateway, openToken.key, 0)).filter(({ model }) => model === 'left');
    await eventually('it is settled', async () => (await rowsOfLeft()).length === 1);
    const [row] = await rowsOfLeft();
    expect(row).toMatchObject({ outcome: 'aborted', ending: 'client-left', cost: '0' });
    const { channelId, attempts } = await receiptOf(row?.requestId ?? null);
    expect(attempts).toMatchObject([
      { hedge: 'first', status: 500 },
      { hedge: 'second', channelId },
    ]);
  });

  it.each([
    { title: 'the settings say no for its model', model: 'never' },
    { title: 'its answer is stored', model: 'kept', body: { store: true } },
  ])('waits for its only channel where $title', async ({ model, body }) => {
    const question = { model, messages: [{ role: 'user', content: 'Hello' }], ...body };
    expect((await call(model, kinds[0], { body: JSON.stringify(question) })).status).toBe(200);
    expect(upstream.requestsTo(`${model}-second`)).toHaveLength(0);
  });
});

describe('the cap on hedged calls', () => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let accessToken: string;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const late = answers({ usage, delayMs: 300 });
    gateway = await startGateway({ apply: cappedDocument(upstream, late) });
    accessToken = (await gateway.command('token', 'create', '--access')).stdout.trim();
  });

  afterAll(async () => {
    await gateway?.expectCleanLedger();
    await gateway?.stop();
    await upstream?.close();
  });

  it.each([
    { model: 'half', hedged: 2, title: 'their share is', bounds: ['share', undefined, 'share', undefined] },
    { model: 'dear', hedged: 0, title: 'their cost is', bounds: ['cost', 'cost', 'cost', 'cost'] },
    { model: 'lone', hedged: 0, title: 'their channels are', bounds: ['share', ...Array.from({ length: 3 }, () => 'no-other-channel')] },
  ])('lets no more calls be sent twice than $title bounded, and says so: $model', async ({ model, hedged, bounds }) => {
    const told: unknown[] = [];
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }], max_tokens: model === 'dear' ? 4_000 : 10 });
    for (let round = 0; round < 4; round += 1) {
      const answer = await rawCall({ url: gateway.url, key: openToken.key, dialect: 'openai-chat', model, body });
      expect(answer.status).toBe(200);
      const read = () =>
        fetch(`${gateway.url}/api/usage/${answer.headers.get('x-request-id')}`, { headers: { authorization: `Bearer ${accessToken}` } });
      await eventually('the receipt is there', async () => (await read()).status === 200);
      told.push(((await (await read()).json()) as { routing: { notHedged?: string } }).routing.notHedged);
    }
    expect(told).toEqual(bounds);
    expect(upstream.requestsTo(`${model}-second`)).toHaveLength(hedged);
  });
});

function cappedDocument(upstream: ScriptedUpstream, late: Behaviour): ApplyDocument {
  const channels = ['half', 'dear'].flatMap((model) => [
    chatChannel(`${model}-first`, upstream.place(`${model}-first`, late), [model], { priority: 9 }),
    chatChannel(`${model}-second`, upstream.place(`${model}-second`, quick), [model], { priority: 8 }),
  ]);
  return {
    models: pricedByTokens('half', 'dear', 'lone'),
    channels: [...channels, chatChannel('lone', upstream.place('lone', late), ['lone'])],
    users: [alice, { username: 'root', role: 'root' }],
    tokens: [openToken],
    settings: {
      routing: { hedgeAfterMsOfModels: { half: 40, dear: 40, lone: 40 }, hedgedPercentMax: 50, hedgedCostMax: 1_000, conversations: false },
    },
  };
}
