import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bumpRevision, readRevision } from '../../cluster/configuration-revision.js';
import { openDatabase } from '../../storage/database.js';
import { testDatabases } from '../../storage/test-database.js';
import { accountOf, budgetOf } from '../ledger/index.js';
import { readTokens, TokenDirectory } from '../tokens/index.js';
import { readPasswordHashes, readUsers } from '../users/index.js';
import type { ApplyFileError } from './apply-errors.js';
import { ApplyBench } from './apply-test-bench.js';
import { executeApply } from './execute-apply.js';
import { parseApplyFile } from './apply-file.js';
import { presentApply } from './present-apply.js';

const key = `sk-${'k'.repeat(40)}`;
const file = `
groups: { default: { ratio: 1 }, vip: { ratio: 0.5 } }
models:
  - { name: gpt, modelRatio: 0.075, completionRatio: 4, cacheRatio: 0.5, outputTokensMax: 4096 }
  - { name: picture, pricePerCall: 0.02 }
channels:
  - { name: main, provider: test, config: { baseUrl: "http://127.0.0.1:1", apiKey: upstream-key-1 }, models: [gpt], modelMapping: { gpt: gpt-4 } }
users:
  - { username: alice, password: "correct horse", points: 1000, ratio: 0.9 }
tokens:
  - { name: dev, user: alice, key: ${key}, unlimited: true, models: [gpt], allowIps: ["10.0.0.0/8"], expiresAt: 2030-12-31 }
  - { name: small, user: alice, points: 500 }
settings:
  mail: { port: 587, password: mail-password-1 }
`;

describe.each(testDatabases())('apply on $kind', ({ open }) => {
  let bench: ApplyBench;
  beforeEach(async () => {
    bench = await ApplyBench.open({ open });
  });
  afterEach(() => bench.close());

  const userId = async (username: string) =>
    (await readUsers(bench.context.database.knex)).find((user) => user.username === username)?.id ?? '';
  const tokenId = async (name: string) => (await readTokens(bench.context.database.knex)).find((token) => token.name === name)?.id ?? '';

  it('makes what the file names, once', async () => {
    const first = await bench.apply(file);
    expect(first.changes.map(({ action, kind, name }) => `${action} ${kind} ${name}`)).toEqual([
      'update group default',
      'create group vip',
      'create model gpt',
      'create model picture',
      'create user alice',
      'grant user alice',
      'create token alice/dev',
      'create token alice/small',
      'create channel main',
      'update setting mail',
      'update setting mail',
    ]);
    expect(first.newKeys).toEqual([{ name: 'alice/small', key: expect.stringMatching(/^sk-[0-9A-Za-z]{48}$/) }]);
    const revision = await readRevision(bench.context.database.knex);
    expect(await bench.apply(file)).toEqual({ dryRun: false, changes: [], notes: [], newKeys: [] });
    expect(await readRevision(bench.context.database.knex)).toBe(revision);
  });

  it('opens wallets and budgets, and keys that work', async () => {
    const { newKeys } = await bench.apply(file);
    expect(await accountOf(bench.context.database, await userId('alice'))).toMatchObject({ balance: 1_000_000n, held: 0n });
    const directory = new TokenDirectory(bench.context.database);
    expect(await directory.find(key)).toMatchObject({ tokenName: 'dev', userRatio: '0.9', models: new Set(['gpt']) });
    expect(await directory.find(newKeys[0]?.key ?? '')).toMatchObject({ tokenName: 'small' });
  });

  it('says what would change in a dry run, and writes nothing', async () => {
    const { changes, newKeys } = await bench.apply(file, { dryRun: true });
    expect(changes).toHaveLength(11);
    expect(newKeys).toEqual([]);
    expect(await readUsers(bench.context.database.knex)).toEqual([]);
    expect(await readRevision(bench.context.database.knex)).toBe(0);
  });

  it('shows fields that change, and never a secret', async () => {
    const created = presentApply(await bench.apply(file));
    const changed = file
      .replace('upstream-key-1', 'upstream-key-2')
      .replace('models: [gpt], modelMapping', 'models: [gpt, picture], weight: 3, modelMapping')
      .replace('correct horse', 'battery staple')
      .replace('mail-password-1', 'mail-password-2')
      .replace(key, key.toUpperCase());
    const text = presentApply(await bench.apply(changed));
    expect(text.split('\n')).toEqual([
      '~ update user alice: password (changed)',
      '~ update token alice/dev: key (changed)',
      '~ update channel main: config.apiKey (changed), models [gpt] → [gpt, picture], weight 1 → 3',
      '~ update setting mail: password (changed)',
      'Applied 4 changes.',
    ]);
    for (const secretText of ['upstream-key', 'correct horse', 'mail-password', key]) expect(created).not.toContain(secretText);
    expect(created).toContain('+ create user alice: role user, group default, ratio 0.9, enabled true, password (set)');
    expect(await bench.changes(changed)).toEqual([]);
  });

  it('keeps passwords as argon2id hashes, apart from users', async () => {
    await bench.apply(file);
    const hashes = await readPasswordHashes(bench.context.database.knex);
    expect(hashes.get(await userId('alice'))).toMatch(/^\$argon2id\$/);
    expect(JSON.stringify(await readUsers(bench.context.database.knex))).not.toContain('argon2');
    expect(await bench.changes(file.replace(' password: "correct horse",', ''))).toEqual([]);
  });

  it('books a token budget as the difference to its last target', async () => {
    await bench.apply(file);
    const small = await tokenId('small');
    expect(await budgetOf(bench.context.database, small)).toMatchObject({ remaining: 500_000n });
    const { changes } = await bench.apply(file.replace('points: 500 ', 'points: 700.5 '));
    expect(changes).toEqual([
      { action: 'budget', kind: 'token', name: 'alice/small', fields: [{ field: 'points', from: '500', to: '700.5' }] },
    ]);
    expect(await budgetOf(bench.context.database, small)).toMatchObject({ remaining: 700_500n });
    expect(await bench.changes(file.replace('points: 500 ', 'unlimited: true '))).toEqual(['budget token alice/small']);
    expect(await bench.changes(file.replace('points: 500 ', 'unlimited: true '))).toEqual([]);
  });

  it('grants a starting balance once, and says so when the file asks for another', async () => {
    await bench.apply(file);
    const { changes, notes } = await bench.apply(file.replace('points: 1000', 'points: 5000'));
    expect(changes).toEqual([]);
    expect(notes).toEqual([expect.stringContaining('alice got a starting balance of 1000 points already')]);
    expect(await accountOf(bench.context.database, await userId('alice'))).toMatchObject({ balance: 1_000_000n });
  });

  it('notes limits and ratios for names that nothing has, so that a typing error is seen', async () => {
    const { notes } = await bench.apply(`
groups: { vip: { ratiosByUserGroup: { default: 1, golden: 2 } } }
channels: [{ name: c, provider: test, config: { baseUrl: "http://a.test", apiKey: k }, models: [offered] }]
models: [{ name: priced, modelRatio: 1 }]
settings:
  limits:
    groups: { default: [2, 3], vip: [0, 4], typo-group: [1, 2] }
    models: { offered: { requestsPerDay: 1 }, priced: { requestsPerDay: 1 }, no-such: { requestsPerDay: 1 } }
`);
    expect(notes).toEqual([
      'settings.limits.groups: there is no group "typo-group", so these limits bind nobody.',
      'settings.limits.models: nothing offers a model "no-such", so these limits bind nobody.',
      'groups.vip.ratiosByUserGroup: there is no group "golden", so this ratio is nobody\'s.',
    ]);
  });

  it('grants a starting balance to a user who had none so far', async () => {
    await bench.apply('users: [{ username: bob }]');
    expect(await bench.changes('users: [{ username: bob, points: 3 }]')).toEqual(['grant user bob']);
    expect(await accountOf(bench.context.database, await userId('bob'))).toMatchObject({ balance: 3_000n });
  });

  it('leaves what the file does not name, unless it prunes: then it is disabled, and comes back when it is named again', async () => {
    await bench.apply(file);
    await bench.apply('users: [{ username: boss, role: root }]');
    const empty = '{ groups: {}, models: [], users: [], tokens: [], channels: [] }';
    expect(await bench.changes(empty)).toEqual([]);
    expect(await bench.changes('{}', { prune: true })).toEqual([]);
    expect(await bench.changes('channels: []', { prune: true, dryRun: true })).toEqual(['disable channel main']);
    expect(await bench.changes(empty, { prune: true })).toEqual([
      'disable user alice',
      'disable token alice/dev',
      'disable token alice/small',
      'disable channel main',
      'disable model gpt',
      'disable model picture',
      'delete group vip',
    ]);
    expect(await bench.changes(empty, { prune: true })).toEqual([]);
    const directory = new TokenDirectory(bench.context.database);
    expect(await directory.find(key)).toMatchObject({ tokenEnabled: false, userEnabled: false });
    expect(await bench.changes(file)).toEqual([
      'create group vip',
      'update model gpt',
      'update model picture',
      'enable user alice',
      'enable token alice/dev',
      'enable token alice/small',
      'enable channel main',
    ]);
  });

  it('keeps a group when pruning that somebody is still in', async () => {
    await bench.apply(
      'groups: { a: {}, b: { usableBy: [a] }, c: {} }\nusers: [{ username: alice, group: a }]\ntokens: [{ name: t, user: alice, group: b, points: 1 }]',
    );
    const nobody = '{ groups: {}, users: [], tokens: [] }';
    expect(await bench.changes(nobody, { prune: true })).toEqual(['disable user alice', 'disable token alice/t', 'delete group c']);
    const alone = 'groups: {}\nusers: [{ username: alice }]';
    expect(await bench.changes(alone, { prune: true })).toEqual(['update user alice', 'delete group a']);
  });

  it('changes the limits of a group where the settings have them', async () => {
    await bench.apply('settings: { limits: { groups: { default: [200, 100] } } }');
    const text = 'groups: { vip: { limits: [0, 1000] } }';
    expect(await bench.changes(text)).toEqual(['create group vip', 'update setting limits']);
    expect(await bench.changes(text)).toEqual([]);
    expect(await bench.changes('groups: { vip: {} }\nsettings: { limits: { groups: { default: [200, 100], vip: [0, 1000] } } }')).toEqual(
      [],
    );
    await expect(bench.apply(`${text}\nsettings: { limits: { groups: { vip: [0, 1] } } }`)).rejects.toThrow(
      'groups.vip.limits (line 1:18): Stands in settings.limits.groups too: state it in one of the two.',
    );
  });

  it('keeps what is said of models and of who makes them', async () => {
    const text = `
vendors: { Acme: { icon: acme, description: Makes models } }
models:
  - name: "gpt-4o*"
    vendor: Acme
    type: chat
    description: Fast
    tags: [fast, vision]
    capabilities: [tools]
    contextTokensMax: 128000
    endpoints: [some-chat]
`;
    expect(await bench.changes(text)).toEqual(['create vendor Acme', 'create model gpt-4o*']);
    expect(await bench.changes(text)).toEqual([]);
    expect(await bench.changes(text.replace('Fast', 'Slow').replace('tools', 'vision'))).toEqual(['update model gpt-4o*']);
    await expect(bench.apply('models: [{ name: m, vendor: Nobody }]')).rejects.toThrow('There is no vendor "Nobody"');
  });

  it('lets a token choose what its user may use, or nothing in particular', async () => {
    const tokens = (group: string): string =>
      `users: [{ username: alice }]\ntokens: [{ name: t, user: alice, points: 1, group: ${group} }]`;
    await bench.apply('groups: { open: { usableBy: everyone }, closed: {} }');
    await expect(bench.apply(tokens('closed'))).rejects.toThrow('Users of "default" may not use "closed"');
    expect(await bench.changes(tokens('open'))).toContain('create token alice/t');
    expect(await bench.changes(tokens('auto'))).toEqual(['update token alice/t']);
    expect(await bench.changes(tokens('auto'))).toEqual([]);
    expect((await readTokens(bench.context.database.knex))[0]?.group).toBe('auto');
  });

  it('keeps the role of a user whose entry states none', async () => {
    await bench.apply('users: [{ username: boss, role: root }]');
    expect(await bench.changes('users: [{ username: boss }]')).toEqual([]);
  });

  it('refuses what does not fit the database or the plugins, all at once, and writes nothing', async () => {
    const text = `users:
  - { username: alice, group: gold }
channels:
  - { name: a, provider: nobody, models: [m] }
  - { name: b, provider: test, config: { baseUrl: "http://127.0.0.1:1", apikey: x, dialects: [klingon] }, models: [m], groups: [silver] }
tokens:
  - { name: t, user: carol, points: 1, group: bronze }
settings:
  mail: { port: none, from: me }
  moon: { phase: full }`;
    const refusal = bench.apply(text);
    await expect(refusal).rejects.toThrow('nothing was applied');
    const refused = (await refusal.catch((error: unknown) => error)) as ApplyFileError;
    expect(refused.problems.map(({ path, line }) => `${path} ${line}`)).toEqual([
      'channels.1.groups.0 5',
      'users.0.group 2',
      'tokens.0.group 7',
      'tokens.0.user 7',
      'channels.0.provider 4',
      'channels.1.config.apiKey 5',
      'channels.1.config.apikey 5',
      'channels.1.config.dialects.0 5',
      'settings.mail.port 9',
      'settings.mail.from 9',
      'settings.moon.phase 10',
    ]);
    const messages = new Map(refused.problems.map(({ path, message }) => [path, message]));
    expect(messages.get('channels.1.config.apikey')).toBe('Provider test has no such field. There are: baseUrl, apiKey, dialects.');
    expect(messages.get('settings.mail.from')).toBe('There is no setting "mail.from". There are: port, password.');
    expect(messages.get('settings.moon.phase')).toBe('There is no setting "moon". There are: mail, limits.');
    expect(await readUsers(bench.context.database.knex)).toEqual([]);
  });

  it('refuses a key that another token has, naming that token', async () => {
    await bench.apply(file);
    await expect(bench.apply(`tokens: [{ name: other, user: alice, key: ${key}, points: 1 }]`)).rejects.toThrow(
      'Token alice/dev has this key',
    );
  });

  it('plans again when the configuration changes between plan and write', async () => {
    const other = await openDatabase(bench.target);
    let interfered = false;
    const { database } = bench.context;
    const context = {
      ...bench.context,
      database: {
        ...database,
        async write<R>(work: Parameters<typeof database.write<R>>[0]) {
          if (!interfered) await other.write(bumpRevision);
          interfered = true;
          return database.write(work);
        },
      },
    };
    const { changes } = await executeApply(context, parseApplyFile('users: [{ username: alice, points: 2 }]', 'f', {}));
    await other.close();
    expect(interfered).toBe(true);
    expect(changes).toHaveLength(2);
    expect(await accountOf(database, await userId('alice'))).toMatchObject({ balance: 2_000n });
  });

  it('gives two at once the same result, and grants once', async () => {
    const other = await openDatabase(bench.target);
    const elsewhere = { ...bench.context, database: other };
    const results = await Promise.all(
      [bench.context, elsewhere, bench.context, elsewhere].map((context) => executeApply(context, parseApplyFile(file, 'f', {}))),
    );
    await other.close();
    expect(results.filter(({ changes }) => changes.length > 0)).toHaveLength(1);
    expect(await accountOf(bench.context.database, await userId('alice'))).toMatchObject({ balance: 1_000_000n });
  });

  it('repairs a channel whose secrets cannot be read any more', async () => {
    await bench.apply(file);
    await bench.context.database.write((transaction) => transaction('channels').update({ secrets: '{"apiKey":"box1.AAAA"}' }));
    expect(await bench.changes(file)).toEqual(['update channel main']);
    expect(await bench.changes(file)).toEqual([]);
  });
});
