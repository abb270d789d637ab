import { setTimeout as wait } from 'node:timers/promises';
import { type Verdict, verdictForKind, verdictForStatus } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RevisionWatcher } from '../../cluster/revision-watcher.js';
import { systemClock } from '../../foundation/clock.js';
import { StorageUnavailableError } from '../../foundation/errors.js';
import { createLogger, type Logger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { defaultChannelOptions, deleteChannel, insertChannel, type StoredChannel, updateChannel } from '../channels/index.js';
import type { HealthChange } from './circuit-record.js';
import { readHealthRevision } from './circuit-store.js';
import { HealthBook } from './health-book.js';
import { healthSettings } from './health-settings.js';

const key = (id: string) => ({ id, secrets: { apiKey: `sealed ${id}` }, fingerprint: id, hint: '…', enabled: true, createdAt: 0 });

function channel(more: Partial<StoredChannel> = {}): StoredChannel {
  return {
    id: 'c',
    name: 'c',
    provider: 'p',
    config: { baseUrl: 'one' },
    secrets: {},
    models: ['m', 'other'],
    modelMapping: {},
    groups: ['default'],
    priority: 0,
    weight: 1,
    options: defaultChannelOptions,
    keys: [key('k'), key('l')],
    enabled: true,
    createdAt: 0,
    ...more,
  };
}

const network = verdictForKind('network', 502, 'Away.', 'upstream_connection_failed');
const silent = createLogger('silent', { write() {} });

async function soon(what: string, condition: () => boolean | Promise<boolean>, timeMaxMs = 1_000): Promise<void> {
  const deadline = Date.now() + timeMaxMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain: ${what}.`);
    await wait(10);
  }
}

interface Node {
  readonly book: HealthBook;
  readonly changes: HealthChange[];
  watch(): Promise<void>;
  report(verdict?: Verdict, startedAt?: number): void;
  channelBlocked(model?: string): string | undefined;
  keyBlocked(): string | undefined;
}

describe.each(testDatabases())('health that is shared on $kind', ({ open, kind }) => {
  let opened: OpenedTestDatabase;
  let closing: (() => Promise<void>)[];

  beforeEach(async () => {
    opened = await open();
    closing = [];
    await opened.database.write((transaction) => insertChannel(transaction, channel()));
  });
  afterEach(async () => {
    for (const close of closing) await close();
    await opened.close();
  });

  function startNode(
    settings: Record<string, unknown> = {},
    { database = opened.database, log = silent }: { readonly database?: Database; readonly log?: Logger } = {},
  ): Node {
    const values = healthSettings.schema.parse({ coolDownMs: 1_000, openAfterFailures: 1, ...settings });
    const book = new HealthBook({ settings: () => values, clock: systemClock, log, channelNameOf: () => 'c', database });
    const reloaders = [{ name: 'health', reload: () => book.reload() }];
    const watcher = new RevisionWatcher({ database, reloaders, log, watched: { name: 'health', readRevision: readHealthRevision } });
    const changes: HealthChange[] = [];
    book.onChange((change) => changes.push(change));
    closing.push(() => book.close());
    const now = () => systemClock.now();
    return {
      book,
      changes,
      async watch() {
        await watcher.start();
        closing.push(() => watcher.stop());
      },
      report: (verdict, startedAt = now()) =>
        book.report({ channelId: 'c', keyId: 'k', model: 'm', verdict, mayDisable: true, startedAt, at: now() }),
      channelBlocked: (model = 'm') => book.channelBlocked('c', model, now())?.reason,
      keyBlocked: () => book.keyBlocked('k', now())?.reason,
    };
  }

  const rows = async (): Promise<number> => (await opened.database.knex('circuits').select('kind')).length;
  const update = (changed: StoredChannel) => opened.database.write((transaction) => updateChannel(transaction, changed));

  it('outlives the process, with its reason and its time', async () => {
    const first = startNode({ coolDownMs: 60_000 });
    first.report(network);
    first.report(verdictForStatus(401, 'No.'));
    await first.book.close();
    const second = startNode();
    await second.book.reload();
    expect([second.channelBlocked(), second.channelBlocked('other'), second.keyBlocked()]).toEqual([
      'cooling-down',
      'cooling-down',
      'disabled',
    ]);
    const [ofKey, ofChannel] = second.book.list();
    expect(ofKey).toMatchObject({ kind: 'key', subject: 'k', state: 'disabled', reason: 'status', lastCode: 'upstream_401' });
    expect(ofChannel).toMatchObject({ kind: 'channel', state: 'open', reason: 'failures', failures: 1, trips: 1 });
    expect(Math.abs((ofChannel?.until ?? 0) - (first.book.list()[1]?.until ?? 0))).toBeLessThan(2_000);
    expect(second.changes).toEqual([]);
  });

  it('has rows for what is open or disabled alone', async () => {
    const node = startNode({ coolDownMs: 1 });
    node.report();
    await node.book.enable('c');
    expect(await rows()).toBe(0);
    node.report(network);
    await soon('it is written', async () => (await rows()) === 1);
    await wait(5);
    await soon('the node may try it', () => node.channelBlocked() === undefined);
    expect(node.book.beginProbe('c', 'k', 'm', Date.now())).toBe(true);
    node.report();
    await soon('the row is gone', async () => (await rows()) === 0);
    await node.book.close();
    expect(node.changes.map(({ from, to }) => `${from} → ${to}`)).toEqual(['closed → open', 'open → closed']);
  });

  it('ends what was disabled for a time, and tells of it', async () => {
    const node = startNode();
    await node.book.disable('c', { model: 'm' }, Date.now() + 20);
    expect(await rows()).toBe(1);
    await wait(30);
    expect(node.channelBlocked()).toBeUndefined();
    node.book.sweep();
    await soon('the row is gone', async () => (await rows()) === 0);
    expect(node.changes.map(({ model, from, to, reason }) => [model, from, to, reason])).toEqual([
      ['m', 'closed', 'disabled', 'person'],
      ['m', 'disabled', 'closed', undefined],
    ]);
  });

  it('goes with its channel, its keys and its models', async () => {
    const node = startNode();
    for (const part of [{}, { keyId: 'k' }, { keyId: 'l' }, { model: 'm' }, { model: 'other' }]) await node.book.disable('c', part);
    await update(channel({ models: ['m'], keys: [key('k')] }));
    expect(await rows()).toBe(3);
    await node.book.disable('c', { keyId: 'l' });
    expect(await rows()).toBe(3);
    await opened.database.write((transaction) => deleteChannel(transaction, 'c'));
    expect(await rows()).toBe(0);
    await node.book.reload();
    expect(node.book.list()).toEqual([]);
    await node.book.disable('c');
    expect([await rows(), node.book.list()]).toEqual([0, []]);
  });

  it('begins anew when the channel’s place, its secrets or its being enabled change, and with nothing else', async () => {
    const node = startNode();
    const resets = async (changed: StoredChannel): Promise<boolean> => {
      await node.book.disable('c', { keyId: 'k' });
      await node.book.disable('c');
      await update(changed);
      await node.book.reload();
      return node.keyBlocked() === undefined && node.channelBlocked() === undefined;
    };
    expect(await resets(channel({ weight: 5, priority: 2, name: 'renamed' }))).toBe(false);
    expect(await resets(channel({ enabled: false }))).toBe(false);
    expect(await resets(channel({ enabled: true }))).toBe(true);
    expect(await resets(channel({ config: { baseUrl: 'two' } }))).toBe(true);
    expect(await resets(channel({ config: { baseUrl: 'two' }, secrets: { apiKey: 'another' } }))).toBe(true);
    await update(channel({ keys: [{ ...key('k'), enabled: false }, key('l')] }));
    await node.book.disable('c', { keyId: 'k' });
    await node.book.disable('c', { keyId: 'l' });
    await update(channel());
    await node.book.reload();
    expect(node.book.list().map(({ subject }) => subject)).toEqual(['l']);
  });

  it('is decided by each node alone while the database is away, said once, and caught up with later', async () => {
    let isAway = true;
    const away = async () => {
      throw new StorageUnavailableError('away');
    };
    const { database } = opened;
    const flaky: Database = { ...database, write: (work) => (isAway ? away() : database.write(work)) };
    const lines: string[] = [];
    const log = createLogger('warn', { write: (line: string) => void lines.push(line) });
    const node = startNode({ coolDownMs: 50 }, { database: flaky, log });
    node.report(network);
    await wait(70);
    await soon('it decides alone', () => node.channelBlocked() === undefined);
    expect(node.book.beginProbe('c', 'k', 'm', Date.now())).toBe(true);
    node.report(network);
    node.report(verdictForStatus(401, 'No.'));
    expect([node.channelBlocked(), node.keyBlocked()]).toEqual(['cooling-down', 'disabled']);
    await wait(1_200);
    expect(lines.filter((line) => line.includes('goes by what it knows itself'))).toHaveLength(1);
    expect([await rows(), node.changes.length]).toEqual([0, 0]);
    isAway = false;
    await soon('it is written', async () => (await rows()) === 2, 3_000);
    expect(node.changes.map(({ to }) => to)).toEqual(['open', 'disabled']);
  });

  it.runIf(kind === 'postgres')('is the same on two nodes within a second, and told once', async () => {
    const [one, other] = [startNode({ coolDownMs: 60_000 }), startNode()];
    await one.watch();
    await other.watch();
    one.report(network);
    one.report(verdictForStatus(401, 'No.'));
    await soon('the other knows', () => other.channelBlocked() === 'cooling-down' && other.keyBlocked() === 'disabled');
    expect(other.book.list()).toMatchObject(one.book.list().map(({ since: _since, until: _until, ...record }) => record));
    await other.book.enable('c');
    await soon('the first knows', () => one.channelBlocked() === undefined && one.keyBlocked() === undefined);
    // Both see it at the same time.
    one.report(network);
    other.report(network);
    await Promise.all([one.book.close(), other.book.close()]);
    const told = [...one.changes, ...other.changes].map(({ keyId, from, to }) => `${keyId ?? 'channel'}: ${from} → ${to}`);
    expect(told.sort()).toEqual([
      'channel: closed → open',
      'channel: closed → open',
      'channel: open → closed',
      'k: closed → disabled',
      'k: disabled → closed',
    ]);
  });

  it.runIf(kind === 'postgres')('lets one node alone try what has cooled down, and another when that one dies', async () => {
    const nodes = Array.from({ length: 4 }, () => startNode({ coolDownMs: 1_500, probeTimeMaxMs: 1_500 }));
    for (const node of nodes) await node.watch();
    nodes[0]?.report(network);
    await soon('all know', () => nodes.every((node) => node.channelBlocked() === 'cooling-down'), 1_400);
    const begun = new Set<Node>();
    const tryAll = (): void => {
      for (const node of nodes) if (node.channelBlocked() === undefined && node.book.beginProbe('c', 'k', 'm', Date.now())) begun.add(node);
    };
    await soon('one tries', () => (tryAll(), begun.size > 0), 3_000);
    const deadline = Date.now() + 1_200;
    while (Date.now() < deadline) {
      tryAll();
      await wait(20);
    }
    expect(begun.size).toBe(1);
    // It says nothing in its time.
    const [silentNode] = begun;
    nodes.splice(nodes.indexOf(silentNode as Node), 1);
    await soon('another tries', () => (tryAll(), begun.size > 1), 3_000);
    const [, second] = begun;
    second?.report();
    await soon('all use it', () => nodes.every((node) => node.channelBlocked() === undefined));
    expect(await rows()).toBe(0);
  });

  it.runIf(kind === 'postgres')('keeps the longer of two rests, and what people have decided', async () => {
    const [one, other] = [startNode({ coolDownMs: 60_000 }), startNode({ coolDownMs: 1_000 })];
    one.report(network);
    await one.book.close();
    other.report(network);
    await other.book.close();
    expect((other.book.list()[0]?.until ?? 0) - Date.now()).toBeGreaterThan(50_000);
    const [person, late] = [startNode(), startNode()];
    await person.book.disable('c', { keyId: 'k' });
    late.report(verdictForStatus(429, 'Slow down.'));
    await late.book.close();
    expect(late.keyBlocked()).toBe('disabled');
  });
});
