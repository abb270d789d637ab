import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repositoryFolder } from '../support/repository.js';

const run = promisify(execFile);

describe('the first start without any configuration', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({ configFile: join(repositoryFolder, 'tollgate.config.ts'), environment: { TOLLGATE_SECRET: '' } });
  });

  afterAll(async () => {
    await gateway?.stop();
  });

  const printed = (): string => gateway.logs;

  it('prints a root account, a key and an access token', () => {
    expect(printed()).toMatch(/\broot\b/);
    expect(printed()).toMatch(/\bsk-[A-Za-z0-9]{48}\b/);
    expect(printed()).toMatch(/\btga-[A-Za-z0-9]{48}\b/);
  });

  it('prints a call that works when it is pasted', async () => {
    const [call = ''] = /curl [\s\S]*?(?=\n\s*\n|$)/.exec(printed()) ?? [];
    const { stdout } = await run('sh', ['-c', `${call.trim()} -s`]);
    expect(JSON.parse(stdout)).toMatchObject({ choices: [{ message: { role: 'assistant' } }] });
  });

  it('keeps what it encrypts with to its owner', () => {
    const data = join(gateway.folder, 'data');
    expect(statSync(data).mode & 0o077).toBe(0);
    expect(statSync(join(data, 'secret')).mode & 0o077).toBe(0);
  });

  it('happens once', async () => {
    const before = printed();
    await gateway.kill('SIGTERM');
    await gateway.start();
    const later = printed().slice(before.length);
    expect(later).not.toMatch(/\b(sk|tga)-[A-Za-z0-9]{8}/);
    expect(later).not.toMatch(/password/i);
  });

  it('leaves clean books', async () => {
    await gateway.expectCleanLedger();
  });
});
