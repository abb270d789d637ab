import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readError } from '../relay/error-shapes.js';
import { type RawAnswer, type RawCall, rawCall, rawFetch } from '../relay/raw-call.js';
import { answers, type Behaviour, breaksOff, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { chatChannel, keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { usageRowsOf } from '../support/usage-rows.js';

const password = 'a long enough password';
const usage = { prompt_tokens: 10, completion_tokens: 20 };
/** What one whole answer costs at a point for each token. */
const cost = '30';
/** 0.02 dollars at 500,000 points a dollar. */
const pointsPerCall = 10_000;
const dialects = ['openai-chat', 'openai-responses', 'claude-messages', 'gemini'] as const;
const same = dialects.flatMap((dialect) => [false, true].map((stream) => ({ dialect, stream })));

/** Each case has a token of its own, so that its receipts tell its story. */
const tokenNames = [
  ...same.map(({ dialect, stream }) => `same-${dialect}-${stream}`),
  'other-body',
  'running',
  'crowd',
  'failing',
  'large',
  'leaver',
  'stayer',
  'cut',
  'one',
  'another',
  'odd',
  'poor',
  'limited',
  'victim',
];

/** Models with rules or prices of their own at the same upstreams. */
const otherNames: Readonly<Record<string, readonly string[]>> = { plain: ['fixed'], long: ['read-on'] };

/** Answers once the gate is open; a test closes it to look at a call that runs. */
class Gate {
  #open: () => void = () => undefined;
  #opened = Promise.resolve();

  close(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#open();
  }

  behind(behaviour: Behaviour): Behaviour {
    return async (request, response) => {
      await this.#opened;
      await behaviour(request, response);
    };
  }
}

describe.each(databaseKinds)('an idempotency key on %s', (kind) => {
  const gate = new Gate();
  let upstream: ScriptedUpstream;
  let database: OwnDatabase | undefined;
  /** Where a call is made, and where it is asked for again: on PostgreSQL that is another node. */
  let first: TestGateway;
  let second: TestGateway;
  let failures = 0;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const behaviours: Readonly<Record<string, Behaviour>> = {
      plain: answers({ text: 'word ', chunks: 3, usage }),
      gated: gate.behind(answers({ usage })),
      failing: (request, response) => ((failures += 1) === 1 ? refuses(400) : answers({ usage }))(request, response),
      large: answers({ text: 'x'.repeat(1_048_576), usage }),
      long: answers({ text: 'word ', chunks: 30, chunkDelayMs: 10, usage }),
      cut: breaksOff({ afterChunks: 2 }),
    };
    const names = Object.keys(behaviours);
    database = kind === 'postgres' ? await createOwnDatabase() : undefined;
    const environment = database && { DATABASE_URL: database.url, TOLLGATE_SECRET: 'a secret that both nodes share with each other' };
    const options = environment === undefined ? {} : { environment };
    first = await startGateway({
      ...options,
      apply: {
        models: [
          ...names.map((name) => ({ name, modelRatio: 1, completionRatio: 1 })),
          { name: 'fixed', pricePerCall: 0.02 },
          { name: 'read-on', modelRatio: 1, completionRatio: 1, settlement: { clientLeft: 'upstream-actual' } },
        ],
        channels: names.map((name) =>
          chatChannel(name, upstream.place(name, behaviours[name] as Behaviour), [name, ...(otherNames[name] ?? [])]),
        ),
        users: [{ username: 'caller', password, points: 1_000_000_000 }],
        tokens: tokenNames.map((name) => ({
          name,
          user: 'caller',
          key: keyOf(name),
          ...(name === 'poor' ? { points: pointsPerCall } : { unlimited: true }),
          ...(name === 'limited' ? { limits: { requestsPerDay: 3 } } : {}),
        })),
        settings: { ledger: { nodeLeaseMs: 1_500, holdOutputTokensMax: 100 } },
      },
    });
    second = environment === undefined ? first : await startGateway(options);
  });

  afterAll(async () => {
    if (second !== first) await second?.stop();
    await first?.stop();
    await database?.drop();
    await upstream?.close();
  });

  type Asked = Partial<RawCall> & { readonly token: string; readonly key: string };

  const questionOf = ({ token, key, headers, ...more }: Asked): RawCall => ({
    url: first.url,
    dialect: 'openai-chat',
    model: 'plain',
    ...more,
    key: keyOf(token),
    headers: { 'idempotency-key': key, ...headers },
  });
  const ask = (asked: Asked): Promise<RawAnswer> => rawCall(questionOf(asked));

  /** A node that did not make the call may hear a moment later than the client that it is settled. */
  async function askAgain(asked: Asked): Promise<RawAnswer> {
    const again = { url: second.url, ...asked };
    let answer = await ask(again);
    if (second !== first)
      await eventually('the call is settled', async () => {
        if (codeOf(answer, asked.dialect) !== 'idempotency_key_running') return true;
        answer = await ask(again);
        return false;
      });
    return answer;
  }

  const codeOf = (answer: RawAnswer, dialect = 'openai-chat'): string =>
    answer.status === 200 ? 'ok' : readError(dialect, answer.status, answer.json()).code;
  const settled = (token: string, receipts = 1) => usageRowsOf(first, keyOf(token), receipts);
  /** What every call of the token has cost, once there are as many receipts. */
  const costsOf = async (token: string, receipts = 1): Promise<readonly string[]> =>
    (await settled(token, receipts)).map((row) => row.cost).toSorted();

  it.each(same)('gives the answer again, byte for byte, and charges once: $dialect (streamed: $stream)', async ({ dialect, stream }) => {
    const call = { token: `same-${dialect}-${stream}`, key: 'the same', dialect, stream };
    const made = await ask(call);
    expect(made.status, made.body.toString()).toBe(200);
    expect(made.headers.has('idempotency-replayed')).toBe(false);
    const replayed = await askAgain(call);
    expect(replayed.status, replayed.body.toString()).toBe(200);
    expect(replayed.body.equals(made.body)).toBe(true);
    expect(replayed.body.toString()).toContain('word');
    expect(replayed.headers.get('idempotency-replayed')).toBe('true');
    for (const name of ['content-type', 'x-request-id']) expect(replayed.headers.get(name)).toBe(made.headers.get(name));
    const [receipt] = await settled(call.token);
    expect(receipt).toMatchObject({ requestId: made.headers.get('x-request-id'), cost, outcome: 'ok' });
    expect(await costsOf(call.token)).toEqual([cost]);
  });

  it('refuses another body, and another path, in the words of the caller', async () => {
    const call = { token: 'other-body', key: 'used' };
    await ask(call);
    for (const dialect of dialects) {
      const refused = await askAgain({ ...call, dialect, body: JSON.stringify({ model: 'plain', max_tokens: 9, messages: [] }) });
      expect([refused.status, codeOf(refused, dialect)]).toEqual([409, 'idempotency_key_reused']);
    }
    expect(await costsOf(call.token)).toEqual([cost]);
  });

  it('says of a call that runs that it does, and when to ask again', async () => {
    gate.close();
    const call = { token: 'running', key: 'running', model: 'gated' };
    const running = ask(call);
    await eventually('the call is at the upstream', () => upstream.requestsTo('gated').length === 1);
    for (const url of [first.url, second.url]) {
      const refused = await ask({ ...call, url });
      expect([refused.status, codeOf(refused), refused.headers.get('retry-after')]).toEqual([409, 'idempotency_key_running', '1']);
    }
    gate.open();
    const made = await running;
    expect(made.status).toBe(200);
    expect((await askAgain(call)).body.equals(made.body)).toBe(true);
    expect(upstream.requestsTo('gated')).toHaveLength(1);
  });

  it('makes one of many calls that come at once', async () => {
    gate.close();
    const call = { token: 'crowd', key: 'crowd', model: 'gated' };
    const before = upstream.requestsTo('gated').length;
    const outcomes: string[] = [];
    const crowd = Array.from({ length: 20 }, async (_, index) => {
      outcomes.push(codeOf(await ask({ ...call, url: (index % 2 === 0 ? first : second).url })));
    });
    await eventually('all but one are told to wait', () => outcomes.length === 19);
    gate.open();
    await Promise.all(crowd);
    expect(outcomes).toEqual([...Array.from({ length: 19 }, () => 'idempotency_key_running'), 'ok']);
    expect(upstream.requestsTo('gated')).toHaveLength(before + 1);
    expect(await costsOf(call.token)).toEqual([cost]);
  });

  it('is free again after a failure that cost nothing', async () => {
    const call = { token: 'failing', key: 'failing', model: 'failing' };
    expect((await ask(call)).status).toBe(400);
    expect((await askAgain(call)).status).toBe(200);
    expect((await askAgain(call)).headers.get('idempotency-replayed')).toBe('true');
    expect(await costsOf(call.token, 2)).toEqual(['0', cost]);
  });

  it('does not keep an answer of more than a megabyte, and does not charge for it twice', async () => {
    const call = { token: 'large', key: 'large', model: 'large' };
    expect((await ask(call)).status).toBe(200);
    const again = await askAgain(call);
    expect([again.status, codeOf(again)]).toEqual([409, 'answer_not_kept']);
    expect(await costsOf(call.token)).toEqual([cost]);
  });

  async function leave(asked: Asked): Promise<void> {
    const leaving = new AbortController();
    const response = await rawFetch({ ...questionOf(asked), stream: true, signal: leaving.signal });
    await response.body?.getReader().read();
    leaving.abort();
  }

  it('keeps no half answer: that of a client that left', async () => {
    const call = { token: 'leaver', key: 'leaver', model: 'long', stream: true };
    await leave(call);
    const [receipt] = await settled(call.token);
    expect(receipt).toMatchObject({ ending: 'client-left', policy: 'delivered' });
    expect(codeOf(await askAgain(call))).toBe('answer_not_kept');
  });

  it('keeps the whole answer of a client that left, where it is read on', async () => {
    const call = { token: 'stayer', key: 'stayer', model: 'read-on', stream: true };
    await leave(call);
    const [receipt] = await settled(call.token);
    expect(receipt).toMatchObject({ ending: 'client-left', policy: 'upstream-actual', cost });
    const replayed = await askAgain(call);
    const text = replayed.body.toString();
    expect(text.split('word ')).toHaveLength(31);
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(await costsOf(call.token)).toEqual([cost]);
  });

  it('keeps no half answer: that of an upstream that broke off', async () => {
    const call = { token: 'cut', key: 'cut', model: 'cut', stream: true };
    expect((await ask(call)).body.toString()).toContain('upstream_connection_failed');
    expect(codeOf(await askAgain(call))).toBe('answer_not_kept');
    expect(await costsOf(call.token)).toHaveLength(1);
  });

  it('belongs to its token', async () => {
    const [one, another] = [await ask({ token: 'one', key: 'shared' }), await askAgain({ token: 'another', key: 'shared' })];
    expect([one.status, another.status]).toEqual([200, 200]);
    expect(another.headers.has('idempotency-replayed')).toBe(false);
    await Promise.all([settled('one'), settled('another')]);
  });

  it.each([
    ['too long', 'k'.repeat(256)],
    ['empty', ''],
    ['with a control character', 'a\tkey'],
  ])('is refused when it is %s', async (_title, key) => {
    const refused = await ask({ token: 'odd', key });
    expect([refused.status, codeOf(refused)]).toEqual([400, 'invalid_idempotency_key']);
    expect(await costsOf('odd', 0)).toEqual([]);
  });

  it('gives an answer again to whoever could not pay for another', async () => {
    const call = { token: 'poor', key: 'poor', model: 'fixed' };
    expect((await ask(call)).status).toBe(200);
    expect(await costsOf('poor')).toEqual([String(pointsPerCall)]);
    expect(codeOf(await ask({ ...call, key: 'another' }))).toBe('token_quota_exhausted');
    expect((await askAgain(call)).headers.get('idempotency-replayed')).toBe('true');
  });

  it('counts as a request whenever it is asked', async () => {
    const call = { token: 'limited', key: 'limited' };
    const answered = [await ask(call), await ask(call), await ask(call)];
    expect(answered.map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true', 'true']);
    expect(codeOf(await ask(call))).toBe('key_request_limit');
  });

  it('is free again when its node was killed and the hold of its call is swept', async () => {
    gate.close();
    const call = { token: 'victim', key: 'victim', model: 'gated' };
    const before = upstream.requestsTo('gated').length;
    const lost = ask(call).catch(() => 'lost');
    await eventually('the call is at the upstream', () => upstream.requestsTo('gated').length === before + 1);
    await first.kill('SIGKILL');
    expect(await lost).toBe('lost');
    await first.start();
    gate.open();
    await eventually('the key is free', async () => (await ask({ ...call, url: second.url })).status === 200, 20_000);
    expect(await costsOf(call.token, 2)).toEqual(['0', cost]);
    expect((await askAgain(call)).headers.get('idempotency-replayed')).toBe('true');
  });

  it('leaves books that add up', async () => {
    await first.expectCleanLedger();
  });
});
