import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreationError, createPlugin } from './create-plugin.js';
import { pluginKinds } from './plugin-kind.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-create-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a created plugin', () => {
  it.each(pluginKinds)('of the kind %s has its own name wherever the template had another', (kind) => {
    const files = createPlugin({ kind, name: 'acme-ai', folder });
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    expect(text).toContain('tollgate-plugin-acme-ai');
    expect(text).not.toMatch(/sample.?vendor/i);
    expect(text).not.toContain('version of');
  });

  it('is named in the forms that code and prose want', () => {
    createPlugin({ kind: 'provider', name: 'acme-ai', packageName: '@acme/gate', folder });
    expect(readFileSync(join(folder, 'src/provider.ts'), 'utf8')).toContain('export const acmeAiChat');
    expect(readFileSync(join(folder, 'src/provider.ts'), 'utf8')).toContain("title: 'Acme Ai'");
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toMatchObject({ name: '@acme/gate' });
  });

  it('is named so in the folders of its recordings, too', () => {
    expect(createPlugin({ kind: 'payment', name: 'acme-pay', folder })).toContain(join('__fixtures__', 'acme-pay', 'payment.json'));
  });

  it('brings the file that npm would not publish under its name', () => {
    expect(createPlugin({ kind: 'hook', name: 'guard', folder })).toContain('.gitignore');
  });

  it('goes into folders that are not there yet', () => {
    createPlugin({ kind: 'hook', name: 'guard', folder: join(folder, 'a/b') });
    expect(readdirSync(join(folder, 'a/b'))).toContain('package.json');
  });

  it('overwrites nothing', () => {
    writeFileSync(join(folder, 'README.md'), 'mine');
    expect(() => createPlugin({ kind: 'hook', name: 'guard', folder })).toThrow(CreationError);
    expect(readdirSync(folder)).toEqual(['README.md']);
  });

  it.each(['', 'Acme', 'acme_ai', 'acme--ai', '-acme', '9lives', '../acme'])('is not called "%s"', (name) => {
    expect(() => createPlugin({ kind: 'hook', name, folder })).toThrow('no name for a plugin');
  });

  it.each(['', 'Has Space', '@/x', '../x'])('is no package called "%s"', (packageName) => {
    expect(() => createPlugin({ kind: 'hook', name: 'guard', packageName, folder })).toThrow('no name for an npm package');
  });
});
