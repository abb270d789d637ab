import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, type Terminal } from './command.js';

let folder: string;
let written: string;
let complaints: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-create-'));
  written = '';
  complaints = '';
});
afterEach(() => rmSync(folder, { recursive: true }));

function terminal(answers?: readonly string[]): Terminal {
  const left = [...(answers ?? [])];
  return {
    folder,
    write: (text) => void (written += text),
    complain: (text) => void (complaints += text),
    ...(answers === undefined ? {} : { ask: async () => left.shift() ?? '' }),
  };
}

describe('npm create @tollgate/plugin', () => {
  it('makes what its arguments say, in a folder named like the package', async () => {
    expect(await runCommand(['--kind', 'provider', '--name', 'acme-ai', '--package', '@acme/gate'], terminal())).toBe(0);
    expect(existsSync(join(folder, 'gate/package.json'))).toBe(true);
    expect(written).toContain('src/provider.ts');
    expect(written).toContain('npm install');
  });

  it('asks for what is not said', async () => {
    expect(await runCommand(['here'], terminal(['hook', 'guard']))).toBe(0);
    expect(existsSync(join(folder, 'here/src/forbidden-words.ts'))).toBe(true);
  });

  it('is called wrongly without a kind and a name where nobody can be asked', async () => {
    expect(await runCommand(['--kind', 'hook'], terminal())).toBe(2);
    expect(complaints).toContain('--name');
  });

  it.each([
    [['--kind', 'planet', '--name', 'x'], 'no kind "planet"'],
    [['--colour', 'red'], '--colour'],
    [['one', 'two'], 'One folder'],
  ])('says what is wrong with %j', async (programArguments, complaint) => {
    expect(await runCommand(programArguments, terminal())).toBe(2);
    expect(complaints).toContain(complaint);
  });

  it('fails where something is there already', async () => {
    await runCommand(['--kind', 'hook', '--name', 'guard'], terminal());
    expect(await runCommand(['--kind', 'hook', '--name', 'guard'], terminal())).toBe(1);
    expect(complaints).toContain('not empty');
  });

  it('explains itself', async () => {
    expect(await runCommand(['--help'], terminal())).toBe(0);
    expect(written).toContain('--package');
  });
});
