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

  beforeEach(async () => {
    opened = await open();
    loads = [];
    failWith = undefined;
    const load = (name: string) => () => {
      loads.push(name);
      if (failWith !== undefined) throw failWith;
    };
    const second = load('second');
    watcher = new RevisionWatcher(
      opened.database,
      [
        { name: 'first', reload: load('first') },
        { name: 'second', reload: async () => second() },
      ],
      log,
    );
  });
  afterEach(async () => {
    await watcher.stop();
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
