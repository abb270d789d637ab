import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environmentVariables, readEnvironment } from './environment.js';

const secret = 'a secret that is long enough to be one';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-environment-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('environment', () => {
  it('has a default for everything that has a sensible one', () => {
    const environment = readEnvironment({ TOLLGATE_SECRET: secret, PORT: '' });
    expect(environment).toMatchObject({ port: 3_000, host: '127.0.0.1', logLevel: 'info', trustedProxies: [], bodyBytesMax: 67_108_864 });
    expect(environment).not.toHaveProperty('databaseUrl');
  });

  it('lists every variable at fault at once', () => {
    const read = () =>
      readEnvironment({ PORT: '80a', LOG_LEVEL: 'loud', TRUST_PROXY: '10.0.0.0/8, nowhere', BODY_LIMIT_MB: '0', TOLLGATE_SECRET: 'short' });
    for (const name of ['PORT', 'LOG_LEVEL', 'TRUST_PROXY', 'BODY_LIMIT_MB', 'TOLLGATE_SECRET']) expect(read).toThrow(`${name}: use`);
  });

  it('never repeats a value: it may be a credential', () => {
    expect(() => readEnvironment({ DATABASE_URL: 'mysql://root:hunter2@host/db', TOLLGATE_SECRET: secret })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('asks for a shared secret where a database is shared', () => {
    expect(() => readEnvironment({ DATABASE_URL: 'postgres://localhost/tollgate', DATA_DIR: folder })).toThrow('TOLLGATE_SECRET');
  });

  it('takes Redis for several nodes only, and repeats no address of one', () => {
    const several = { TOLLGATE_SECRET: secret, DATABASE_URL: 'postgres://localhost/tollgate' };
    expect(readEnvironment({ ...several, REDIS_URL: 'rediss://:p@host/1' })).toMatchObject({ redisUrl: 'rediss://:p@host/1' });
    expect(() => readEnvironment({ TOLLGATE_SECRET: secret, REDIS_URL: 'redis://host' })).toThrow('REDIS_URL: is for several nodes');
    expect(() => readEnvironment({ ...several, REDIS_URL: 'redis://:100%@host' })).toThrow('REDIS_URL: use %25');
    expect(() => readEnvironment({ ...several, REDIS_URL: 'http://:hunter2@host' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('generates a secret once, for the owner alone', () => {
    const dataFolder = join(folder, 'data');
    const first = readEnvironment({ DATA_DIR: dataFolder });
    expect(readEnvironment({ DATA_DIR: dataFolder }).masterSecret).toBe(first.masterSecret);
    expect(first.masterSecret.length).toBeGreaterThanOrEqual(32);
    expect(statSync(join(dataFolder, 'secret')).mode & 0o777).toBe(0o600);
    expect(statSync(dataFolder).mode & 0o777).toBe(0o700);
  });

  it('generates none beside a database that had one, nor for a command that only looks', () => {
    expect(() => readEnvironment({ DATA_DIR: folder }, { looksOnly: true })).toThrow(/There is no gateway in .*DATA_DIR/);
    writeFileSync(join(folder, 'tollgate.sqlite'), '');
    expect(() => readEnvironment({ DATA_DIR: folder })).toThrow(/not its secret\. Set TOLLGATE_SECRET/);
    expect(readdirSync(folder)).toEqual(['tollgate.sqlite']);
  });

  it('never replaces a damaged secret by a new one', () => {
    writeFileSync(join(folder, 'secret'), '');
    expect(() => readEnvironment({ DATA_DIR: folder })).toThrow('Restore it from a backup');
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('');
  });

  it('is described in the README, default by default', () => {
    const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8');
    const [, table = ''] = /## Environment\n([\s\S]*?)\n## /.exec(`${readme}\n## `) ?? [];
    const described = [...table.matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]+)`)?/gm)].map(([, name, value]) => [name, value]);
    const declared = Object.entries(environmentVariables).map(([name, variable]) => {
      const value = variable.safeParse(undefined).data;
      return [name, value === undefined || Array.isArray(value) ? undefined : String(value)];
    });
    expect(described).toEqual(declared);
  });
});
