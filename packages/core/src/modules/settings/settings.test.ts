import { secret } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readRevision } from '../../cluster/configuration-revision.js';
import { SecretBox } from '../../foundation/secret-box.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { Settings } from './settings.js';
import { defineSettings, settingsSchemas } from './settings-definition.js';
import { writeSetting } from './settings-store.js';

const mail = defineSettings('mail', {
  port: z.int().positive().default(25).meta({ title: 'Port', unit: 'none' }),
  from: z.string().default('gateway'),
  password: secret('Password').optional(),
});

describe('settings definition', () => {
  it('refuses a field without a default', () => {
    expect(() => defineSettings('broken', { port: z.int() })).toThrow('"broken" needs a valid default');
  });

  it('becomes JSON Schema with titles, units and secret marks', () => {
    expect(settingsSchemas([mail])).toMatchObject({
      mail: { properties: { port: { title: 'Port', unit: 'none', default: 25 }, password: { secret: true } }, additionalProperties: false },
    });
  });
});

describe.each(testDatabases())('settings on $kind', ({ open }) => {
  const secretBox = new SecretBox('a master secret of at least 32 characters');
  let opened: OpenedTestDatabase;
  let settings: Settings;

  beforeEach(async () => {
    opened = await open();
    settings = new Settings(opened.database, [mail], secretBox);
  });
  afterEach(() => opened.close());

  it('are at their defaults until others are stored and read', async () => {
    expect(settings.current(mail)).toEqual({ port: 25, from: 'gateway' });
    await opened.database.write((transaction) => settings.set(transaction, 'mail', { port: 587 }));
    expect(settings.current(mail).port).toBe(25);
    await settings.reload();
    expect(settings.current(mail)).toEqual({ port: 587, from: 'gateway' });
    await opened.database.write((transaction) => settings.set(transaction, 'mail', { port: 465 }));
    await settings.reload();
    expect(settings.current(mail).port).toBe(465);
  });

  it('raise the revision with each write', async () => {
    const before = await readRevision(opened.database.knex);
    await opened.database.write((transaction) => settings.set(transaction, 'mail', { port: 587 }));
    expect(await readRevision(opened.database.knex)).toBe(before + 1);
  });

  it('refuse unknown sections, unknown fields and values that do not fit, by name', async () => {
    const set = (section: string, patch: Record<string, unknown>) =>
      opened.database.write((transaction) => settings.set(transaction, section, patch));
    await expect(set('male', {})).rejects.toMatchObject({ code: 'unknown_setting', field: 'male' });
    await expect(set('mail', { prot: 1 })).rejects.toMatchObject({ code: 'unknown_setting', field: 'mail.prot' });
    await expect(set('mail', { toString: 1 })).rejects.toMatchObject({ code: 'unknown_setting' });
    await expect(set('mail', { from: 'me', port: -1 })).rejects.toMatchObject({ status: 400, code: 'invalid_setting', field: 'mail.port' });
    await settings.reload();
    expect(settings.current(mail).from).toBe('gateway');
  });

  it('keep secrets sealed at rest', async () => {
    await opened.database.write((transaction) => settings.set(transaction, 'mail', { password: 'correct horse' }));
    expect(JSON.stringify(await opened.database.knex('settings').select('value'))).not.toContain('horse');
    await settings.reload();
    expect(settings.current(mail).password).toBe('correct horse');
  });

  it('name a stored value that does not fit, and stay in force as they were', async () => {
    await opened.database.write((transaction) => settings.set(transaction, 'mail', { from: 'me' }));
    await settings.reload();
    await opened.database.write((transaction) => writeSetting(transaction, { section: 'mail', key: 'port', value: '"many"' }));
    await expect(settings.reload()).rejects.toThrow('mail.port');
    expect(settings.current(mail)).toEqual({ port: 25, from: 'me' });
  });

  it('leave alone what a newer version has stored', async () => {
    await opened.database.write(async (transaction) => {
      await writeSetting(transaction, { section: 'mail', key: 'later', value: '1' });
      await writeSetting(transaction, { section: 'moon', key: 'phase', value: '"full"' });
    });
    await settings.reload();
    expect(settings.current(mail)).toEqual({ port: 25, from: 'gateway' });
  });
});
