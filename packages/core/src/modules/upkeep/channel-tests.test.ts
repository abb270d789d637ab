import { verdictForKind } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Logger } from '../../foundation/logger.js';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { insertChannel, openChannel, type StoredChannel } from '../channels/index.js';
import { sealKeys } from '../channels/channel-secrets.js';
import { testChannel } from '../channels/test-channel.js';
import { testProvider } from '../channels/test-provider.js';
import type { AttemptOutcome, CircuitRecord } from '../health/index.js';
import { ChannelTests } from './channel-tests.js';
import type { Trial, TryChannel } from './channel-test.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');
const providers = new Map([['test', testProvider]]);
const minuteMs = 60_000;

function channelOf(name: string, change: Partial<StoredChannel> = {}): StoredChannel {
  return testChannel(name, secretBox, change);
}

const keysOf = (enabled: readonly boolean[]) =>
  enabled.map((isEnabled, index) => ({ secrets: { apiKey: `key ${index}` }, enabled: isEnabled }));

function withKeys(channel: StoredChannel, enabled: readonly boolean[]): StoredChannel {
  return { ...channel, keys: sealKeys(channel.id, keysOf(enabled), [], 1, secretBox) };
}

describe.each(testDatabases())('channels that are tested by themselves on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let now: number;
  let shut: CircuitRecord[];
  let outcomes: AttemptOutcome[];
  /** Key and model of each test. */
  let tried: string[];
  let answer: (model: string) => Partial<Trial>;
  let stopping: AbortController;

  beforeEach(async () => {
    opened = await open();
    now = 1_000 * minuteMs;
    [shut, outcomes, tried] = [[], [], []];
    answer = () => ({});
    stopping = new AbortController();
  });
  afterEach(() => opened.close());

  const shutPart = (channelId: string, kind: 'key' | 'model', subject: string): CircuitRecord => ({
    channelId,
    kind,
    subject,
    state: 'open',
    reason: 'failures',
    since: 0,
    failures: 1,
    trips: 1,
  });
  const failed = (kind: 'not-found' | 'server'): Partial<Trial> => ({
    verdict: verdictForKind(kind, 502, 'It failed.', 'upstream_failed'),
  });

  async function testsOf(...stored: readonly StoredChannel[]): Promise<ChannelTests> {
    await opened.database.write(async (transaction) => {
      for (const channel of stored) await insertChannel(transaction, channel);
    });
    const tryChannel: TryChannel = async (_channel, key, { model, stream }) => {
      tried.push(`${key.id} ${model}`);
      const trial = answer(model);
      const report = { ok: trial.verdict === undefined, model, stream, keyId: key.id, keyHint: key.hint, durationMs: 1 };
      return { report, startedAt: now, ...trial };
    };
    return new ChannelTests({
      database: opened.database,
      providers,
      secretBox,
      tryChannel,
      health: {
        keyBlocked: () => undefined,
        report: (outcome) => outcomes.push(outcome),
        enable: async () => undefined,
        list: () => shut,
      },
      settings: () => ({
        timeoutMs: 1e3,
        everyMinutes: 5,
        scheduled: 'all',
      }),
      channels: () =>
        stored.map((channel) =>
          openChannel(
            {
              ...channel,
              keys: [],
            },
            providers,
            secretBox,
          ),
        ),
      clock: { now: () => now },
      log: {
        warn: () => undefined,
        info: () => undefined,
      } as unknown as Logger,
    });
  }

  it('come to their turn though others cannot be tested, and why those cannot is remembered', async () => {
    const patterns = Array.from({ length: 8 }, (_, index) => channelOf(`pattern-${index}`, { models: ['m-*'] }));
    const good = channelOf('good');
    const tests = await testsOf(...patterns, good);
    for (let minute = 0; minute < 2; minute += 1) {
      await tests.runDue(stopping.signal);
      now += minuteMs;
    }
    expect(tried).toEqual([`${good.id} m`]);
    const last = await tests.last(patterns[0]?.id ?? '');
    expect(last?.report).toMatchObject({ ok: false, failure: { code: 'test_model_missing' } });
  });

  it('keep what was found before one of their tests broke', async () => {
    const channel = channelOf('breaking', { models: ['m', 'n'] });
    const tests = await testsOf(channel);
    shut = [shutPart(channel.id, 'model', 'm'), shutPart(channel.id, 'model', 'n')];
    answer = (model) => {
      if (model === 'n') throw new Error('It broke.');
      return failed('server');
    };
    await tests.runDue(stopping.signal);
    expect((await tests.last(channel.id))?.report).toMatchObject({ ok: false, model: 'm' });
  });

  it('have all that is out tried, however much it is', async () => {
    const models = Array.from({ length: 10 }, (_, index) => `m${index}`);
    const channel = channelOf('worn', { models });
    const tests = await testsOf(channel);
    shut = models.map((model) => shutPart(channel.id, 'model', model));
    for (let turn = 0; turn < 3; turn += 1) {
      await tests.runDue(stopping.signal);
      expect(tried).toHaveLength(4 * (turn + 1));
      now += 5 * minuteMs;
    }
    expect(new Set(tried).size).toBe(10);
  });

  it('are not called with keys that people have switched off', async () => {
    const channel = withKeys(channelOf('keys'), [true, false]);
    const tests = await testsOf(channel);
    const [on, off] = channel.keys.map(({ id }) => id);
    shut = [shutPart(channel.id, 'key', off ?? ''), shutPart(channel.id, 'key', on ?? ''), shutPart(channel.id, 'key', 'gone')];
    await tests.runDue(stopping.signal);
    expect(tried).toEqual([`${on} m`]);
  });

  it('do not blame a model of which nobody knows what it is for', async () => {
    const channel = channelOf('guessed');
    const tests = await testsOf(channel);
    answer = () => ({ ...failed('not-found'), isGuess: true });
    await tests.runDue(stopping.signal);
    expect(outcomes).toEqual([]);
    expect((await tests.last(channel.id))?.report.ok).toBe(false);
    answer = () => ({ ...failed('server'), isGuess: true });
    now += 5 * minuteMs;
    await tests.runDue(stopping.signal);
    answer = () => failed('not-found');
    now += 5 * minuteMs;
    await tests.runDue(stopping.signal);
    expect(outcomes).toHaveLength(2);
  });

  it('blame it where somebody who asks has named it, and not where a stream is all that was wished', async () => {
    const channel = channelOf('asked');
    const tests = await testsOf(channel);
    answer = () => ({ ...failed('not-found'), isGuess: true });
    await tests.test(channel.id, { stream: true }, 'root');
    expect(outcomes).toEqual([]);
    await tests.test(channel.id, { model: 'm' }, 'root');
    expect(outcomes).toMatchObject([{ model: 'm', verdict: { kind: 'not-found' } }]);
  });

  it('are left alone once the gateway stops, and what is broken off says nothing of them', async () => {
    const channel = channelOf('hung', { models: ['m', 'n'] });
    const tests = await testsOf(channel);
    shut = [shutPart(channel.id, 'model', 'm'), shutPart(channel.id, 'model', 'n')];
    answer = () => {
      stopping.abort();
      return failed('server');
    };
    await tests.runDue(stopping.signal);
    await tests.runDue(stopping.signal);
    expect(tried).toHaveLength(1);
    expect(outcomes).toEqual([]);
    expect(await tests.last(channel.id)).toBeUndefined();
  });
});
