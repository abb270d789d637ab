import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from './single-process-lock.js';

describe('single-process lock', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('refuses a second claim, naming the folder, until the first is released', () => {
    const first = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(folder);
    first.release();
    lockDataFolder(folder).release();
  });

  it('makes the folder for its owner alone, or says that it cannot', () => {
    const made = join(folder, 'made');
    lockDataFolder(made).release();
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(() => lockDataFolder(join(made, 'gateway.lock', 'below'))).toThrow(/gateway\.lock.* cannot be used: .*DATA_DIR/);
  });

  it('is freed when its process is killed', async () => {
    const driver = createRequire(import.meta.url).resolve('better-sqlite3');
    const script = `const connection = new (require(${JSON.stringify(driver)}))(${JSON.stringify(join(folder, 'gateway.lock'))});
      connection.exec('begin exclusive'); console.log('locked'); setInterval(() => {}, 1000);`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    expect(() => lockDataFolder(folder)).toThrow(/Another gateway is running/);
    other.kill('SIGKILL');
    await once(other, 'exit');
    lockDataFolder(folder).release();
  });
});
