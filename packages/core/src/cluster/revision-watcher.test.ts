import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../foundation/errors.js';
import type { Logger } from '../foundation/logger.js';
import { openDatabase } from '../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../storage/test-database.js';
import { bumpRevision } from './configuration-revision.js';
import { RevisionWatcher } from './revision-watcher.js';

const log = { info: () => undefined, warn: () => undefined } as unknown as Logger;

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(10);
}

describe.each(testDatabases())('revision watcher on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let loads: string[];
  let failWith: Error | undefined;
  let watcher: RevisionWatcher;
  /** Sees nothing unless it is told to look. */
  let hinted: RevisionWatcher;
  let found: number;

  beforeEach(async () => {
    opened = await open();
    loads = [];
    found = 0;
    failWith = undefined;
    const load = (name: string) => () => {
      loads.push(name);
      if (failWith !== undefined) throw failWith;
    };
    const second = load('second');
    const reloaders = [
      { name: 'first', reload: load('first') },
      { name: 'second', reload: async () => second() },
    ];
    watcher = new RevisionWatcher({ database: opened.database, reloaders, log, onFound: () => (found += 1) });
    hinted = new RevisionWatcher({ database: opened.database, reloaders, log, intervalMs: 3_600_000, onFound: () => (found += 1) });
  });
  afterEach(async () => {
    await watcher.stop();
    await hinted.stop();
    await opened.close();
  });

  const change = () => opened.database.write(bumpRevision);

  it('loads everything at its start, and nothing while nothing changes', async () => {
    await watcher.start();
    await watcher.refresh();
    expect(loads).toEqual(['first', 'second']);
  });

  it('loads on demand what has changed', async () => {
    await watcher.start();
    await change();
    await Promise.all([watcher.refresh(), watcher.refresh()]);
    expect(loads).toEqual(['first', 'second', 'first', 'second']);
  });

  it('sees by itself what another connection has changed', async () => {
    await watcher.start();
    const other = await openDatabase(opened.target);
    await other.write(bumpRevision);
    await other.close();
    await until(() => loads.length === 4);
    // Others may have missed it, too.
    await until(() => found === 1);
  });

  it('looks when it is told to, once for many hints, and tells nobody what it was told', async () => {
    hinted.lookNow();
    await hinted.start();
    await change();
    for (let hint = 0; hint < 100; hint += 1) hinted.lookNow();
    await until(() => loads.length === 4);
    await hinted.refresh();
    expect(loads).toHaveLength(4);
    expect(found).toBe(0);
  });

  it('refuses to start half-configured', async () => {
    failWith = new Error('bad value');
    await expect(watcher.start()).rejects.toThrow('bad value');
  });

  it('tries again after an outage, until everything is loaded', async () => {
    await watcher.start();
    failWith = new StorageUnavailableError('away');
    await change();
    await until(() => loads.length >= 6);
    failWith = undefined;
    const failed = loads.length;
    await until(() => loads.length >= failed + 2);
    await watcher.refresh();
    const settled = loads.length;
    await watcher.refresh();
    expect(loads).toHaveLength(settled);
  });

  it('loads the rest when one part is wrong, and waits for the next change', async () => {
    await watcher.start();
    failWith = new Error('bad value');
    await change();
    await expect(watcher.refresh()).rejects.toThrow('bad value');
    expect(loads).toEqual(['first', 'second', 'first', 'second']);
    await watcher.refresh();
    expect(loads).toHaveLength(4);
  });
});
