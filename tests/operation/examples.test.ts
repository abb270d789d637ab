import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawCall } from '../relay/raw-call.js';
import { answers, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { keyOf } from '../support/apply-document.js';
import { createOwnDatabase, databaseKinds, type OwnDatabase } from '../support/own-database.js';
import { type ExampleFolder, openExample } from './example-folder.js';

const call = { dialect: 'openai-chat', model: 'gpt-4o-mini' };
const answered = { choices: [{ message: { content: 'Hello from upstream' } }] };
let upstream: ScriptedUpstream;
let baseUrl: string;

beforeAll(async () => {
  upstream = await startScriptedUpstream();
  baseUrl = upstream.place('vendor', answers({ text: 'Hello from upstream', usage: { prompt_tokens: 10, completion_tokens: 5 } }));
});

afterAll(() => upstream?.close());

describe('examples/minimal', () => {
  let example: ExampleFolder;

  beforeAll(async () => {
    example = await openExample('minimal', { OPENAI_API_KEY: 'a-vendor-key' });
  });

  afterAll(() => example?.close());

  it('serves what its README says: apply, start, call', async () => {
    const applied = await example.npm('run', 'apply');
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
    const [key = ''] = /\bsk-[A-Za-z0-9]{48}\b/.exec(applied.stdout) ?? [];
    expect(await example.sendCallsTo(baseUrl, ['openai'])).toMatchObject({ exitCode: 0 });
    await example.start();
    const answer = await rawCall({ ...call, url: example.url, key });
    expect(answer.json()).toMatchObject(answered);
    expect(upstream.requests.at(-1)?.headers.authorization).toBe('Bearer a-vendor-key');
  });

  it('asks for the variable that is missing', async () => {
    const bare = await openExample('minimal', {});
    const { exitCode, stderr } = await bare.npm('run', 'apply');
    await bare.close();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/channels\.0\.config\.apiKey \(line \d+:\d+\).*OPENAI_API_KEY/);
  });
});

describe.skipIf(!databaseKinds.includes('postgres'))('examples/self-hosted (needs PostgreSQL)', () => {
  let database: OwnDatabase;
  let example: ExampleFolder;
  const key = keyOf('website');

  beforeAll(async () => {
    database = await createOwnDatabase();
    example = await openExample('self-hosted', {
      DATABASE_URL: database.url,
      TOLLGATE_SECRET: 'the same secret on every machine of the team',
      TRUST_PROXY: '127.0.0.1',
      OPENAI_API_KEY: 'a-vendor-key',
      BACKUP_BASE_URL: 'https://backup.example/v1',
      BACKUP_API_KEY: 'another-vendor-key',
      ANTHROPIC_API_KEY: 'a-third-key',
      GEMINI_API_KEY: 'a-fourth-key',
      ROOT_PASSWORD: 'a long enough password',
      WEBSITE_KEY: key,
    });
  });

  afterAll(async () => {
    await example?.close();
    await database?.drop();
  });

  it('says what it would change and changes it afterwards', async () => {
    const shown = await example.npm('run', 'apply', '--', '--dry-run');
    expect(shown, shown.stderr).toMatchObject({ exitCode: 0 });
    expect(shown.stdout).toContain('website');
    const applied = await example.npm('run', 'apply');
    expect(applied, applied.stderr).toMatchObject({ exitCode: 0 });
    expect(applied.stdout).toContain('website');
    expect((await example.npm('run', 'apply')).stdout).toMatch(/nothing to change/i);
  });

  it('serves the addresses that it allows, behind its proxy', async () => {
    expect(await example.sendCallsTo(baseUrl, ['openai', 'openai-compatible'])).toMatchObject({ exitCode: 0 });
    await example.start();
    const from = (address: string) => rawCall({ ...call, url: example.url, key, headers: { 'x-forwarded-for': address } });
    expect((await from('10.1.2.3')).json()).toMatchObject(answered);
    expect(await from('203.0.113.7')).toMatchObject({ status: 403 });
  });
});
