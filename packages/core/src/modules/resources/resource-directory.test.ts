import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../../foundation/errors.js';
import { createLogger } from '../../foundation/logger.js';
import type { Database } from '../../storage/database.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { ResourceDirectory } from './resource-directory.js';
import { resourceExpiryJob } from './resource-expiry.js';

const { signal } = new AbortController();

const dayMs = 86_400_000;
const answer = { kind: 'test.answer', id: 'a1' };
const atC1 = { channelId: 'c1', keyId: undefined };

async function channelsOf(directory: ResourceDirectory, ...asked: Parameters<ResourceDirectory['find']>) {
  return (await directory.find(...asked)).map((known) => known?.channelId);
}

describe.each(testDatabases())('resource directory on $kind', ({ open, kind }) => {
  let opened: OpenedTestDatabase;
  let now = 0;
  const clock = { now: () => now };

  beforeEach(async () => {
    now = 1_000;
    opened = await open();
  });
  afterEach(() => opened.close());

  /** As one node has it. */
  function node(database: Database = opened.database): ResourceDirectory {
    return new ResourceDirectory({ database, clock, log: createLogger('silent', { write() {} }), retentionMs: () => 30 * dayMs });
  }

  /** What a node without any memory of it knows. */
  const known = (userId: string, name: typeof answer) => channelsOf(node(), userId, [name]);

  async function remembered(...made: Parameters<ResourceDirectory['remember']>): Promise<void> {
    const directory = node();
    directory.remember(...made);
    await directory.close();
  }

  it('knows at once what it saw being made, and other nodes know it soon', async () => {
    const directory = node();
    directory.remember('alice', atC1, [answer]);
    expect(await channelsOf(directory, 'alice', [answer])).toEqual(['c1']);
    await directory.close();
    expect(await known('alice', answer)).toEqual(['c1']);
  });

  it('knows the key of the account, the last one that was seen', async () => {
    const directory = node();
    directory.remember('alice', { channelId: 'c1', keyId: 'k1' }, [answer]);
    expect(await directory.find('alice', [answer])).toMatchObject([{ channelId: 'c1', keyId: 'k1' }]);
    await directory.close();
    expect(await node().find('alice', [answer])).toMatchObject([{ channelId: 'c1', keyId: 'k1' }]);
    await remembered('alice', { channelId: 'c1', keyId: 'k2' }, [answer]);
    expect(await node().find('alice', [answer])).toMatchObject([{ channelId: 'c1', keyId: 'k2' }]);
    expect(await node().list('alice', answer.kind, '', 5)).toMatchObject([{ id: 'a1', keyId: 'k2' }]);
  });

  it.runIf(kind === 'postgres')('finds what another node is just about to write', async () => {
    const found = known('alice', answer);
    await remembered('alice', atC1, [answer]);
    expect(await found).toEqual(['c1']);
  });

  it('keeps users and kinds apart, also where ids are the same', async () => {
    await remembered('alice', atC1, [answer]);
    await remembered('bob', { ...atC1, channelId: 'c2' }, [answer]);
    expect(await known('alice', answer)).toEqual(['c1']);
    expect(await known('bob', answer)).toEqual(['c2']);
    expect(await known('alice', { ...answer, kind: 'test.file' })).toEqual([undefined]);
    expect(await known('carol', answer)).toEqual([undefined]);
  });

  it('answers for many names in their order', async () => {
    const ids = Array.from({ length: 1_200 }, (_, index) => ({ kind: 'test.answer', id: `a${index}` }));
    await remembered('alice', atC1, ids);
    await remembered('alice', { ...atC1, channelId: 'c2' }, [{ kind: 'test.file', id: 'f1' }]);
    const channels = await channelsOf(node(), 'alice', [{ kind: 'test.file', id: 'f1' }, ...ids, { kind: 'test.file', id: 'none' }]);
    expect(channels).toEqual(['c2', ...ids.map(() => 'c1'), undefined]);
  });

  it('forgets in memory and in the database', async () => {
    const directory = node();
    directory.remember('alice', atC1, [answer]);
    await directory.forget('alice', answer);
    expect(await channelsOf(directory, 'alice', [answer])).toEqual([undefined]);
    expect(await known('alice', answer)).toEqual([undefined]);
  });

  it('knows something until it ends: by the setting, by what the upstream states, or never', async () => {
    const ending = { kind: 'test.file', id: 'ending', expiresAt: 5_000 };
    const lasting = { kind: 'test.file', id: 'lasting', expiresAt: null };
    const directory = node();
    directory.remember('alice', atC1, [answer, ending, lasting]);
    await directory.close();
    for (const [at, expected] of [
      [4_999, ['c1', 'c1', 'c1']],
      [5_000, ['c1', undefined, 'c1']],
      [1_000 + 30 * dayMs, [undefined, undefined, 'c1']],
    ] as const) {
      now = at;
      expect(await channelsOf(directory, 'alice', [answer, ending, lasting])).toEqual(expected);
      expect(await channelsOf(node(), 'alice', [answer, ending, lasting])).toEqual(expected);
    }
    await resourceExpiryJob(opened.database, clock).run(null, signal);
    expect(await opened.database.knex('resources').pluck('id')).toEqual(['lasting']);
  });

  it('prolongs what is told to live longer', async () => {
    await remembered('alice', atC1, [{ ...answer, expiresAt: 2_000 }]);
    await remembered('alice', atC1, [{ ...answer, expiresAt: 9_000 }]);
    now = 8_999;
    expect(await known('alice', answer)).toEqual(['c1']);
  });

  it('knows what naming something adds to an input, on every node, and forgets it for nothing that says less', async () => {
    const stored = { ...answer, tokens: 7 };
    const directory = node();
    directory.remember('alice', atC1, [answer]);
    expect(await directory.find('alice', [answer])).toMatchObject([{ channelId: 'c1', tokens: undefined }]);
    directory.remember('alice', atC1, [stored]);
    directory.remember('alice', atC1, [{ ...answer, expiresAt: 9_000 }]);
    expect(await directory.find('alice', [answer])).toMatchObject([{ channelId: 'c1', tokens: 7 }]);
    await directory.close();
    expect(await node().find('alice', [answer])).toMatchObject([{ channelId: 'c1', tokens: 7 }]);
    await remembered('alice', atC1, [answer]);
    expect(await node().find('alice', [answer])).toMatchObject([{ tokens: 7 }]);
    await remembered('alice', atC1, [{ ...answer, tokens: Number.MAX_SAFE_INTEGER }]);
    expect(await node().find('alice', [answer])).toMatchObject([{ tokens: 2_000_000 }]);
  });

  it('knows how something without an end grows, whichever node put more into it', async () => {
    const conversation = { kind: 'test.conversation', id: 'c', expiresAt: null };
    const [one, other] = [node(), kind === 'postgres' ? node() : undefined];
    one.remember('alice', atC1, [{ ...conversation, tokens: 10 }]);
    await one.addTokens('alice', conversation, 90);
    expect(await one.find('alice', [conversation])).toMatchObject([{ tokens: 100 }]);
    await (other ?? one).addTokens('alice', conversation, 900);
    expect(await one.find('alice', [conversation])).toMatchObject([{ tokens: 1_000 }]);
    // A call that began before the last growth.
    one.remember('alice', atC1, [{ ...conversation, tokens: 200 }]);
    await one.close();
    expect(await node().find('alice', [conversation])).toMatchObject([{ tokens: 1_000 }]);
  });

  it('removes any number of expired rows, and no other', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => ({ kind: 'test.answer', id: `a${index}`, expiresAt: 2_000 + (index % 7) }));
    await remembered('alice', atC1, [...many, { kind: 'test.answer', id: 'stays', expiresAt: 4_001 }]);
    now = 4_000;
    await resourceExpiryJob(opened.database, clock).run(null, signal);
    expect(await opened.database.knex('resources').pluck('id')).toEqual(['stays']);
  });

  it('lists what is a user’s own, in the order of ids', async () => {
    await remembered(
      'alice',
      atC1,
      ['f3', 'f1', 'f2'].map((id) => ({ kind: 'test.file', id, expiresAt: null })),
    );
    await remembered('alice', atC1, [{ kind: 'test.file', id: 'f0', expiresAt: 500 }]);
    await remembered('bob', atC1, [{ kind: 'test.file', id: 'f4', expiresAt: null }]);
    const directory = node();
    directory.remember('alice', { ...atC1, channelId: 'c2' }, [{ kind: 'test.file', id: 'f5', expiresAt: null }]);
    expect((await directory.list('alice', 'test.file', '', 2)).map(({ id }) => id)).toEqual(['f1', 'f2']);
    expect(await directory.list('alice', 'test.file', 'f2', 9)).toMatchObject([
      { id: 'f3', channelId: 'c1' },
      { id: 'f5', channelId: 'c2' },
    ]);
  });

  it('takes for an id only what every database takes, and goes on with the others', async () => {
    const strange = ['', 'a b', 'nul\u0000', 'ä', '\ud800', 'x'.repeat(1_025)].map((id) => ({ kind: 'test.answer', id }));
    const times = [Number.NaN, Number.POSITIVE_INFINITY, 1e300, 2_000.5].map((expiresAt, index) => ({
      kind: 'test.file',
      id: `t${index}`,
      expiresAt,
    }));
    await remembered('alice', atC1, [...strange, ...times, { kind: 'test.answer', id: 'x'.repeat(1_024) }, answer]);
    expect(await channelsOf(node(), 'alice', [answer, ...strange])).toEqual(['c1', ...strange.map(() => undefined)]);
    expect(await channelsOf(node(), 'alice', times)).toEqual([undefined, 'c1', 'c1', 'c1']);
    expect(await node().list('alice', 'test.answer', 'nul\u0000', 9)).toEqual([]);
  });

  it('writes what it saw once the database is back', async () => {
    let failures = 1;
    const shaky: Database = {
      ...opened.database,
      write: (work) => {
        failures -= 1;
        return failures < 0 ? opened.database.write(work) : Promise.reject(new StorageUnavailableError('Away.'));
      },
    };
    const directory = node(shaky);
    directory.remember('alice', atC1, [answer]);
    expect(await channelsOf(directory, 'alice', [answer])).toEqual(['c1']);
    await directory.close();
    expect(await known('alice', answer)).toEqual(['c1']);
  });
});
