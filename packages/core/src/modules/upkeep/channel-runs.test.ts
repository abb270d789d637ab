import type { ProviderAdapter } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { defaultChannelOptions, insertChannel } from '../channels/index.js';
import { testChannel } from '../channels/test-channel.js';
import { testProvider } from '../channels/test-provider.js';
import { endRun, writeRunFinding } from './channel-run-store.js';
import { ChannelRuns, type ChannelRunsDoors, RunInterruptedError } from './channel-runs.js';

const secretBox = new SecretBox('a master secret of at least 32 characters');
const providers = new Map([['test', testProvider]]);

/** A channel that is being tested. */
interface Question {
  readonly name: string;
  readonly answer: () => void;
}

describe.each(testDatabases())('runs over many channels on $kind', ({ kind, open }) => {
  let opened: OpenedTestDatabase;
  let names: ReadonlyMap<string, string>;
  let doors: ChannelRunsDoors;
  let runs: ChannelRuns;
  /** All that was asked, in its order. */
  let asked: string[];
  /** Those whose answers are still awaited. */
  let waiting: Set<Question>;

  beforeEach(async () => {
    opened = await open();
    asked = [];
    waiting = new Set();
    const channels = Array.from({ length: 20 }, (_, index) => testChannel(`c-${String(index).padStart(2, '0')}`, secretBox));
    names = new Map(channels.map(({ id, name }) => [id, name]));
    await opened.database.write(async (transaction) => {
      for (const channel of channels) await insertChannel(transaction, channel);
    });
    doors = {
      database: opened.database,
      providers,
      secretBox,
      tests: { test: async () => Promise.reject(new Error('Nothing was chosen.')), testAll: (id, signal) => question(id, signal) },
      balances: { refresh: async () => Promise.reject(new Error('No balances are asked for.')) },
      models: { sync: async () => Promise.reject(new Error('No models are asked for.')) },
      clock: systemClock,
      log: { info: () => undefined, error: () => undefined } as unknown as Logger,
    };
    runs = new ChannelRuns(doors);
  });
  afterEach(() => opened.close());

  /** Waits until it is answered, or broken off. */
  function question(channelId: string, signal?: AbortSignal): Promise<readonly []> {
    const name = names.get(channelId) ?? '';
    asked.push(name);
    return new Promise((resolve) => {
      const end = (): void => {
        waiting.delete(it);
        signal?.removeEventListener('abort', end);
        resolve([]);
      };
      const it = { name, answer: end };
      waiting.add(it);
      if (signal?.aborted) end();
      else signal?.addEventListener('abort', end);
    });
  }

  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const answer = (name: string): void => [...waiting].find((each) => each.name === name)?.answer();
  const run = (id: string, signal = new AbortController().signal): Promise<void> => runs.job('test').run({ runId: id }, signal);

  /** Lets the answers come until it is over. */
  async function answered(running: Promise<void>): Promise<void> {
    const answering = setInterval(() => {
      for (const each of waiting) each.answer();
    }, 1);
    await running.finally(() => clearInterval(answering));
  }

  /** As a database that cannot keep what one channel says. */
  async function refuse(name: string): Promise<() => Promise<unknown>> {
    const { knex } = opened.database;
    if (kind === 'sqlite') {
      await knex.raw(
        `create trigger refusing before update on channel_run_items when new.name = '${name}' begin select raise(abort, 'not kept'); end`,
      );
      return () => knex.raw('drop trigger refusing');
    }
    await knex.raw(`alter table channel_run_items add constraint refusing check (name <> '${name}' or at is null)`);
    return () => knex.raw('alter table channel_run_items drop constraint refusing');
  }

  it('break off all questions where a finding cannot be kept, and go on with those alone that say nothing yet', async () => {
    const { id } = await runs.start('test', {}, {}, 'root');
    const forgive = await refuse('c-02');
    const running = run(id);
    const failed = expect(running).rejects.toThrow();
    await until(() => waiting.size === 8);
    answer('c-00');
    await until(() => asked.length === 9);
    answer('c-02');
    await failed;
    expect(waiting.size).toBe(0);
    expect(asked).toHaveLength(9);
    await forgive();
    await answered(run(id));
    expect(await runs.one(id)).toMatchObject({ state: 'done', total: 20, done: 20, failed: 0 });
    expect(asked.filter((name) => name === 'c-00')).toHaveLength(1);
    expect(asked).toHaveLength(9 + 19);
  });

  it('leave the models of a channel alone that somebody keeps by now', async () => {
    const { database } = opened;
    const followed: string[] = [];
    const models: ProviderAdapter['models'] = { request: () => ({ method: 'GET', url: '', headers: {} }), read: () => [] };
    const following = new ChannelRuns({
      ...doors,
      providers: new Map<string, ProviderAdapter>([['test', { ...testProvider, models }]]),
      models: {
        sync: async (channelId) => {
          followed.push(names.get(channelId) ?? '');
          return { answer: { added: [], removed: [] } };
        },
      },
    });
    const { id } = await following.start('models', {}, {}, 'root');
    const options = JSON.stringify({ ...defaultChannelOptions, syncModels: false });
    await database.knex('channels').where({ name: 'c-03' }).update({ options });
    await following.job('models').run({ runId: id }, new AbortController().signal);
    expect(followed).toHaveLength(19);
    expect(followed).not.toContain('c-03');
    expect(await following.items(id, { limit: 30, outcome: 'failed' })).toMatchObject([
      { name: 'c-03', asked: { finding: { problem: { code: 'channel_unusable' } } } },
    ]);
  });

  it('ask nothing that another node has asked meanwhile', async () => {
    const { id } = await runs.start('test', {}, {}, 'root');
    const running = run(id);
    await until(() => waiting.size === 8);
    await opened.database.write((transaction) => writeRunFinding(transaction, id, 8, { at: 1, ok: true, finding: { tests: [] } }));
    await answered(running);
    expect(asked).not.toContain('c-08');
    expect(asked).toHaveLength(19);
    expect(await runs.one(id)).toMatchObject({ state: 'done', done: 20 });
  });

  it('are left to others once the node may not go on', async () => {
    const { id } = await runs.start('test', {}, {}, 'root');
    const stopping = new AbortController();
    const interrupted = expect(run(id, stopping.signal)).rejects.toThrow(RunInterruptedError);
    await until(() => waiting.size === 8);
    stopping.abort();
    await interrupted;
    expect(waiting.size).toBe(0);
    expect(await runs.one(id)).toMatchObject({ state: 'running', done: 0 });
  });

  it('get no finding more once they are ended, though it was on its way', async () => {
    const { database } = opened;
    const { id } = await runs.start('test', {}, {}, 'root');
    let commit: () => void = () => undefined;
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let ended: () => void = () => undefined;
    const isEnded = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const ending = database.write(async (transaction) => {
      await endRun(transaction, id, 'cancelled', 1);
      ended();
      await committed;
    });
    await isEnded;
    const writing = database.write((transaction) => writeRunFinding(transaction, id, 0, { at: 2, ok: false, finding: { tests: [] } }));
    // It either waits for the end of the run, or has not heard of it by now.
    await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 300))]);
    commit();
    await Promise.all([ending, writing]);
    expect(await runs.one(id)).toMatchObject({ state: 'cancelled', done: 0, failed: 0 });
    expect(await runs.items(id, { limit: 30, outcome: 'failed' })).toEqual([]);
  });

  it('count each channel once, and are listed without a look at their channels', async () => {
    const { database } = opened;
    const { id } = await runs.start('test', {}, {}, 'root');
    for (const [position, ok] of [[3, true] as const, [4, false] as const, [4, true] as const])
      await database.write((transaction) => writeRunFinding(transaction, id, position, { at: 1, ok, finding: { tests: [] } }));
    const statements: string[] = [];
    database.knex.on('query', ({ sql }: { readonly sql: string }) => statements.push(sql));
    expect(await runs.all()).toMatchObject([{ id, total: 20, done: 2, failed: 1 }]);
    expect(await runs.one(id)).toMatchObject({ total: 20, done: 2, failed: 1 });
    expect(statements).toHaveLength(2);
    expect(statements.join()).not.toContain('channel_run_items');
    expect(await runs.items(id, { limit: 30, outcome: 'failed' })).toMatchObject([{ position: 4 }]);
  });
});
