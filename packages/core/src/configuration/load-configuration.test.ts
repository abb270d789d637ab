import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfiguration } from './load-configuration.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-configuration-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

describe('configuration file', () => {
  it('may be written in TypeScript', async () => {
    const file = write(
      'tollgate.config.ts',
      'enum Mode { On }\nexport default { plugins: [["a", { mode: Mode.On }], false] } satisfies object;',
    );
    expect(await loadConfiguration({ folder })).toEqual({ plugins: [['a', { mode: 0 }], false], folder, file });
  });

  it('may be written in JavaScript', async () => {
    write('tollgate.config.mjs', 'export default { plugins: [] };');
    expect(await loadConfiguration({ folder })).toMatchObject({ plugins: [] });
  });

  it('is found under another name when that is given', async () => {
    const file = write('other.mjs', 'export default { plugins: [] };');
    expect(await loadConfiguration({ folder, file: 'other.mjs' })).toMatchObject({ file });
    await expect(loadConfiguration({ folder, file: 'gone.ts' })).rejects.toThrow(join(folder, 'gone.ts'));
  });

  it('is asked for with an example where there is none', async () => {
    await expect(loadConfiguration({ folder })).rejects.toThrow(/Write .*tollgate\.config\.ts.*defineConfig/s);
  });

  it('is refused with the name of an unknown or wrong field', async () => {
    write('tollgate.config.mjs', 'export default { plugin: [], plugins: 3 };');
    await expect(loadConfiguration({ folder })).rejects.toThrow(/tollgate\.config\.mjs is wrong.*plugin: there is no such field/s);
    await expect(loadConfiguration({ folder })).rejects.toThrow(/plugins: list the plugins here/);
  });

  it('is refused when it exports nothing or fails', async () => {
    write('nothing.mjs', 'export const plugins = 1;');
    await expect(loadConfiguration({ folder, file: 'nothing.mjs' })).rejects.toThrow('nothing.mjs is wrong');
    write('failing.ts', 'throw new Error("no plugin for me");');
    await expect(loadConfiguration({ folder, file: 'failing.ts' })).rejects.toThrow(/failing\.ts cannot be run: no plugin for me/);
  });
});
