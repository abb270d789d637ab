import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readRevision } from '../../cluster/configuration-revision.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { readAuditEvents } from './audit-store.js';
import { ConfigurationEditor } from './configuration-editor.js';
import { SecretFact } from './facts.js';
import { stepsFor } from './planned-step.js';

const author = { kind: 'api', userId: 'u1', accessTokenId: 't1', requestId: 'req_1', clientAddress: '192.0.2.1' } as const;

describe.each(testDatabases())('configuration editor on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let editor: ConfigurationEditor;
  let told: number;

  beforeEach(async () => {
    opened = await open();
    told = 0;
    const onChanged = async (): Promise<void> => void (told += 1);
    editor = new ConfigurationEditor({ database: opened.database, clock: { now: () => 1_000 }, onChanged });
  });
  afterEach(() => opened.close());

  const step = (name: string, secret: string, run: () => Promise<void> = async () => undefined) =>
    stepsFor({ kind: 'channel', name, before: undefined, after: { weight: 1, key: new SecretFact(secret) } }, run);

  it('changes, raises the revision once, and remembers who did it', async () => {
    const edit = { steps: [...step('a', 'hidden'), ...step('b', 'hidden')], result: 'done' };
    expect(await editor.edit(author, async () => edit)).toBe('done');
    expect(await readRevision(opened.database.knex)).toBe(1);
    expect(told).toBe(1);
    const events = await readAuditEvents(opened.database.knex, {}, { limit: 10 });
    expect(events.map(({ name }) => name)).toEqual(['b', 'a']);
    const fields = [
      { field: 'weight', to: '1' },
      { field: 'key', to: '(set)' },
    ];
    expect(events[1]).toEqual({
      id: expect.any(String) as string,
      at: 1_000,
      action: 'create',
      kind: 'channel',
      name: 'a',
      fields,
      author,
    });
  });

  it('leaves everything as it was if a step fails', async () => {
    const steps = [...step('a', 'x'), ...step('b', 'x', () => Promise.reject(new Error('no')))];
    await expect(editor.edit(author, async () => ({ steps, result: undefined }))).rejects.toThrow('no');
    expect(await readRevision(opened.database.knex)).toBe(0);
    expect(await readAuditEvents(opened.database.knex, {}, { limit: 10 })).toEqual([]);
    expect(told).toBe(0);
  });

  it('changes nothing where nothing is to be done', async () => {
    expect(await editor.edit(author, async () => ({ steps: [], result: 1 }))).toBe(1);
    expect([await readRevision(opened.database.knex), told]).toEqual([0, 0]);
  });

  it('finds changes by what, who and when, page by page', async () => {
    for (const name of ['a', 'b', 'c']) await editor.edit({ ...author, userId: name }, async () => ({ steps: step(name, 'x'), result: 0 }));
    const found = async (filter: Parameters<typeof readAuditEvents>[1], page = { limit: 10 }) =>
      (await readAuditEvents(opened.database.knex, filter, page)).map(({ name }) => name);
    expect(await found({ name: 'b' })).toEqual(['b']);
    expect(await found({ userId: 'c', kinds: ['channel'] })).toEqual(['c']);
    expect(await found({ kinds: [] })).toEqual([]);
    expect(await found({ from: 1_000, to: 1_001 })).toEqual(['c', 'b', 'a']);
    expect(await found({ to: 1_000 })).toEqual([]);
    const [last] = await readAuditEvents(opened.database.knex, {}, { limit: 1 });
    expect(await found({}, { limit: 1, before: last?.id } as { limit: number })).toEqual(['b']);
  });
});
