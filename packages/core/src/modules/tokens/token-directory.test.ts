import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailableError } from '../../foundation/errors.js';
import { newId } from '../../foundation/ids.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { insertUser } from '../users/index.js';
import type { Token } from './token.js';
import { TokenDirectory } from './token-directory.js';
import { hashTokenKey, newTokenKey, tokenKeyPrefix } from './token-key.js';
import { insertToken, updateToken } from './token-store.js';

const key = newTokenKey();

function tokenOf(userId: string): Token {
  return { id: newId(), userId, name: 'dev', keyHash: hashTokenKey(key), keyPrefix: tokenKeyPrefix(key), enabled: true, createdAt: 1 };
}

describe('token key', () => {
  it('is sk- and 48 characters, never the same', () => {
    expect(key).toMatch(/^sk-[0-9A-Za-z]{48}$/);
    expect(newTokenKey()).not.toBe(key);
  });
});

describe.each(testDatabases())('token directory on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let directory: TokenDirectory;
  let token: Token;

  beforeEach(async () => {
    opened = await open();
    const user = { id: newId(), username: 'alice', role: 'user', group: 'default', ratio: '0.5', enabled: true, createdAt: 1 } as const;
    token = { ...tokenOf(user.id), models: ['m'], allowIps: ['10.0.0.0/8'], expiresAt: 99 };
    await opened.database.write(async (transaction) => {
      await insertUser(transaction, user);
      await insertToken(transaction, token);
    });
    directory = new TokenDirectory(opened.database);
  });
  afterEach(() => opened.close());

  it('knows a token with the facts of its user', async () => {
    const principal = await directory.find(key);
    expect(principal).toMatchObject({
      tokenId: token.id,
      tokenName: 'dev',
      userId: token.userId,
      group: 'default',
      userRatio: '0.5',
      models: new Set(['m']),
      expiresAt: 99,
      tokenEnabled: true,
      userEnabled: true,
    });
    expect(principal?.allowedIps?.contains('10.1.1.1')).toBe(true);
  });

  it('answers without a promise once it has seen the key, also for keys that nobody has', async () => {
    const [first, second] = [directory.find(key), directory.find(key)];
    expect(first).toBe(second);
    const principal = await first;
    expect(directory.find(key)).toBe(principal);
    expect(await directory.find('sk-nobody')).toBeUndefined();
    expect(directory.find('sk-nobody')).toBeUndefined();
  });

  it('sees changes after a reload', async () => {
    await directory.find(key);
    await opened.database.write((transaction) => updateToken(transaction, { ...token, enabled: false }));
    expect(directory.find(key)).toMatchObject({ tokenEnabled: true });
    directory.reload();
    expect(await directory.find(key)).toMatchObject({ tokenEnabled: false });
  });

  it('does not keep what it asked for before a reload', async () => {
    const asked = directory.find(key);
    directory.reload();
    await asked;
    expect(directory.find(key)).toBeInstanceOf(Promise);
  });

  it('never takes a database that does not answer for an unknown key', async () => {
    const unreachable = {
      ...opened.database,
      knex: (() => {
        throw new StorageUnavailableError('away');
      }) as unknown as OpenedTestDatabase['database']['knex'],
    };
    const cut = new TokenDirectory(unreachable);
    await expect((async () => cut.find(key))()).rejects.toThrow(StorageUnavailableError);
    await expect((async () => cut.find(key))()).rejects.toThrow(StorageUnavailableError);
  });
});
