import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandResult, runCommand, type Variables } from '../support/command.js';
import { freePort } from '../support/free-port.js';
import { repositoryFolder } from '../support/repository.js';

const secret = 'a secret that is long enough to be one';
const config = ['--config', join(repositoryFolder, 'tests/support/gateway-config/tollgate.config.ts')];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-command-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], variables: Variables = {}): Promise<CommandResult> {
  return runCommand(args, { DATA_DIR: join(folder, 'data'), PORT: '0', ...variables }, folder);
}

describe('the command line', () => {
  it.each([['--help'], ['help']])('shows its commands for %s', async (argument) => {
    const { exitCode, stdout } = await run([argument]);
    expect(exitCode).toBe(0);
    for (const command of ['start', 'setup', 'apply', 'verify-ledger', 'token', 'migrate']) expect(stdout).toContain(command);
    expect(stdout).not.toMatch(/ $/m);
  });

  it.each([
    { args: ['frobnicate'], says: 'Unknown command frobnicate.' },
    { args: ['apply'], says: 'Missing required positional argument: FILE.' },
    { args: ['start', '--prot', '3'], says: "Unknown option '--prot'." },
    { args: ['ledger', 'adjust', 'alice', '5'], says: 'Missing required argument: --reason.', shows: 'tollgate ledger adjust' },
  ])('shows how it is called after $args', async ({ args, says, shows = `tollgate ${args[0] === 'frobnicate' ? '' : args[0]}` }) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr.startsWith(`${says}\n`)).toBe(true);
    expect(stderr).toContain(`USAGE ${shows}`);
  });

  it('names the file that is not there', async () => {
    expect(await run(['apply', 'gateway.yaml', ...config])).toMatchObject({ exitCode: 1, stderr: 'There is no file gateway.yaml.\n' });
  });

  it('says what a file would make where there is no gateway yet, and leaves nothing behind', async () => {
    writeFileSync(join(folder, 'gateway.yaml'), 'groups: { vip: { ratio: 0.5 } }');
    const { exitCode, stdout } = await run(['apply', 'gateway.yaml', '--dry-run', ...config]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('vip');
    expect(readdirSync(folder)).toEqual(['gateway.yaml']);
  });

  it('looks for books without making a folder, a secret or a database', async () => {
    const { exitCode, stderr } = await run(['verify-ledger']);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`There is no gateway in ${join(folder, 'data')}. Set DATA_DIR`);
    expect(await run(['verify-ledger'], { TOLLGATE_SECRET: secret })).toMatchObject({ exitCode: 1, stderr });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says why a database cannot be used, and no password', async () => {
    const port = await freePort();
    const variables = { DATABASE_URL: `postgres://me:hunter2@127.0.0.1:${port}/books`, TOLLGATE_SECRET: secret };
    const { exitCode, stderr } = await run(['migrate'], variables);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/ECONNREFUSED.*DATABASE_URL/);
    expect(stderr).not.toContain('hunter2');
  });

  it('leaves the database alone when a plugin is broken', async () => {
    writeFileSync(join(folder, 'broken.mjs'), `export default { plugins: ['not-installed'] };`);
    const { exitCode, stderr } = await run(['start', '--config', 'broken.mjs']);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Plugin not-installed cannot be loaded: .*Install it there, or correct the name\.\n$/);
    expect(readdirSync(join(folder, 'data'))).not.toContain('tollgate.sqlite');
  });

  it('names the variable to change when the port is taken, before account and key are made', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await run(['start', ...config], { PORT: String(port) });
    await new Promise((resolve) => other.close(resolve));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`port ${port} already. Stop it, or choose another port with PORT.`);
    expect(stdout).toBe('');
    expect(readdirSync(join(folder, 'data'))).not.toContain('tollgate.sqlite');
  });
});
