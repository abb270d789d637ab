import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, refuses, type ScriptedUpstream, startScriptedUpstream } from '../replay/scripted-upstream.js';
import { rawCall } from '../relay/raw-call.js';
import { keyOf } from '../support/apply-document.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { databaseKinds } from '../support/own-database.js';
import { ManagementClient } from './management-client.js';

interface Exported {
  readonly file: Readonly<Record<string, unknown>> | string;
  readonly variables: readonly { readonly name: string; readonly field: string }[];
}

interface Report {
  readonly dryRun: boolean;
  readonly changes: readonly { readonly action: string; readonly kind: string; readonly name: string }[];
  readonly notes: readonly string[];
  readonly newKeys: readonly { readonly name: string; readonly key: string }[];
}

const root = { username: 'root', role: 'root' } as const;
const values: Readonly<Record<string, string>> = {
  CHANNEL_ONE_API_KEY: 'upstream-key-that-nobody-shall-see',
  CHANNEL_MANY_KEY_1: 'first-key-that-nobody-shall-see',
  CHANNEL_MANY_KEY_2: 'second-key-that-nobody-shall-see',
  CHANNEL_MANY_PROXY: 'http://me:proxy-password-that-nobody-shall-see@proxy.example.com',
  USER_ALICE_PASSWORD: 'a password that nobody shall see',
  TOKEN_ALICE_PROGRAM_KEY: keyOf('program'),
};

describe.each(databaseKinds)('a configuration over the API on %s', (database) => {
  let upstream: ScriptedUpstream;
  let gateway: TestGateway;
  let empty: TestGateway;
  let client: ManagementClient;
  let ofEmpty: ManagementClient;

  beforeAll(async () => {
    upstream = await startScriptedUpstream();
    const baseUrl = upstream.place('one', answers({ text: 'Good.' }));
    gateway = await startGateway({
      database,
      apply: {
        groups: { vip: { ratio: 0.5, usableBy: 'everyone', limits: [600, 0], strategy: 'least-busy' } },
        vendors: { Maker: { description: 'Says $${nothing}' } },
        models: [{ name: 'm', modelRatio: 1, completionRatio: 3, vendor: 'Maker' }],
        channels: [
          {
            name: 'one',
            provider: 'openai-compatible',
            config: { baseUrl, apiKey: values['CHANNEL_ONE_API_KEY'] },
            models: ['m'],
            groups: ['default', 'vip'],
          },
          {
            name: 'many',
            provider: 'openai-compatible',
            config: { baseUrl: 'https://api.example.com/v1' },
            keys: [values['CHANNEL_MANY_KEY_1'] ?? '', values['CHANNEL_MANY_KEY_2'] ?? ''],
            models: ['other'],
            proxy: values['CHANNEL_MANY_PROXY'] ?? '',
            enabled: false,
          },
        ],
        users: [
          root,
          { username: 'ada', role: 'admin' },
          { username: 'alice', password: values['USER_ALICE_PASSWORD'] ?? '', points: 1_000_000 },
        ],
        tokens: [{ name: 'program', user: 'alice', key: keyOf('program'), unlimited: true, group: 'vip' }],
        settings: { groups: { autoOrder: ['vip', 'default'] }, routing: { strategyOfModels: { m: 'weighted' } } },
      },
    });
    empty = await startGateway({ database, apply: { users: [root] }, environment: { A_VARIABLE_OF_THE_SERVER: 'a value of the server' } });
    client = await ManagementClient.of(gateway);
    ofEmpty = await ManagementClient.of(empty);
  });
  afterAll(async () => {
    await gateway?.stop();
    await empty?.stop();
    await upstream?.close();
  });

  const exported = (of: ManagementClient, query = ''): Promise<Exported> => of.done<Exported>('GET', `/api/apply${query}`);
  const applied = (of: ManagementClient, body: object): Promise<Report> => of.done<Report>('POST', '/api/apply', body);

  it('is told without its secrets, and which there are', async () => {
    const found = await exported(client);
    expect(found.variables.map(({ name }) => name).sort()).toEqual(Object.keys(values).sort());
    const text = JSON.stringify(found) + JSON.stringify(await exported(client, '?format=yaml'));
    expect(text).not.toContain('nobody-shall-see');
    for (const value of Object.values(values)) expect(text).not.toContain(value);
  });

  it('says what it would change and changes nothing', async () => {
    const { file } = await exported(client);
    const before = await exported(ofEmpty);
    const { dryRun, changes, newKeys } = await applied(ofEmpty, { file, variables: values, dryRun: true });
    expect(dryRun).toBe(true);
    expect(changes).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'create', kind: 'channel', name: 'one' })]));
    expect(newKeys).toEqual([]);
    expect(await exported(ofEmpty)).toEqual(before);
  });

  it.each(['json', 'yaml'])('makes the same of an empty gateway, in force when it answers, and again nothing (%s)', async (format) => {
    const { file } = await exported(client, `?format=${format}`);
    const first = await applied(ofEmpty, { file, variables: values });
    if (format === 'json') {
      const call = await rawCall({ url: empty.url, key: keyOf('program'), dialect: 'openai-chat', model: 'm' });
      expect(call.status).toBe(200);
      expect(first.changes).toContainEqual(expect.objectContaining({ action: 'create', kind: 'channel', name: 'many' }));
    }
    expect(await exported(ofEmpty)).toEqual(await exported(client));
    expect(await applied(ofEmpty, { file, variables: values, prune: true })).toEqual({
      dryRun: false,
      changes: [],
      notes: [],
      newKeys: [],
    });
  });

  it('is the same by the command line', async () => {
    const { file, variables } = await exported(client);
    const printed = await gateway.command('export', '--json');
    expect(JSON.parse(printed.stdout)).toEqual({ file, variables });
    const yaml = await gateway.command('export', '--only', 'groups,models');
    expect(yaml.stdout).toContain('ratio: "0.5"');
    const place = join(gateway.folder, 'exported.yaml');
    writeFileSync(place, yaml.stdout);
    expect((await gateway.command('apply', place)).stdout).toContain('Nothing to change.');
    expect(await gateway.command('export', '--only', 'chanels')).toMatchObject({ exitCode: 2 });
  });

  it('can be a part: the channels that a filter means', async () => {
    const { file } = await exported(client, '?name=MAN&state=disabled');
    expect(file).toMatchObject({ channels: [{ name: 'many', enabled: false }] });
    expect(Object.keys(file)).toEqual(['channels']);
    expect(Object.keys((await exported(client, '?sections=groups,settings')).file)).toEqual(['groups', 'settings']);
  });

  it.each([
    ['name', 'MAN'],
    ['key-hint', 'see'],
    ['provider', 'openai-compatible'],
    ['model', 'other'],
    ['group', 'vip'],
    ['tag', 'none'],
    ['state', 'enabled'],
    ['state', 'failing'],
  ])('can be the same part by the command line: --%s %s', async (option, value) => {
    const { exitCode, stdout, stderr } = await gateway.command('export', `--${option}`, value, '--json');
    expect(exitCode, stderr).toBe(0);
    const query = option === 'key-hint' ? 'keyHint' : option;
    expect(JSON.parse(stdout)).toEqual(await exported(client, `?${query}=${value}`));
    expect(Object.keys((JSON.parse(stdout) as Exported).file)).not.toContain('groups');
  });

  it('is told by the command line which channels fail, and refuses states that there are not', async () => {
    upstream.place('one', refuses(401));
    await rawCall({ url: gateway.url, key: keyOf('program'), dialect: 'openai-chat', model: 'm' });
    await eventually('the failure is stored', async () => {
      const { stdout } = await gateway.command('export', '--state', 'failing', '--only', 'channels,groups', '--json');
      const { file } = JSON.parse(stdout) as { file: { channels?: readonly { name: string }[]; groups?: object } };
      expect(file.groups).toHaveProperty('vip');
      return file.channels?.map(({ name }) => name).join() === 'one';
    });
    upstream.place('one', answers({ text: 'Good.' }));
    expect(await gateway.command('export', '--state', 'tired')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--state: there are enabled, disabled, failing.') as string,
    });
  });

  it.each(['application/yaml', 'application/x-yaml; charset=utf-8', 'text/yaml', 'Text/X-Yaml'])(
    'is taken as it is, the file alone: %s',
    async (type) => {
      const headers = { 'content-type': type };
      const file = '# A file\ngroups:\n  bare: { ratio: 2 }\n';
      const { status, body } = await ofEmpty.ask('POST', '/api/apply?dryRun=true&prune=true', file, headers);
      expect({ status, body }).toMatchObject({
        status: 200,
        body: { dryRun: true, changes: expect.arrayContaining([expect.objectContaining({ kind: 'group', name: 'bare' })]) as object },
      });
      expect(await ofEmpty.ask('GET', '/api/groups/bare')).toMatchObject({ status: 404 });
      const broken = 'groups:\n  bare:\n    ration: 1\nchannels:\n  - { name: x, provider: openai-compatible, models: 5 }\n';
      const refused = (await ofEmpty.ask('POST', '/api/apply', broken, headers)) as {
        status: number;
        body: { problems: readonly { field: string; detail: string }[] };
      };
      expect(refused).toMatchObject({ status: 400, body: { code: 'invalid_apply_file', field: 'file.groups.bare.ration' } });
      const place = join(empty.folder, 'broken.yaml');
      writeFileSync(place, broken);
      const { stdout, stderr } = await empty.command('apply', place);
      expect(refused.body.problems.length).toBeGreaterThan(1);
      for (const { field, detail } of refused.body.problems) {
        const [, line, says] = /^Line (\d+:\d+): (.*)$/s.exec(detail) ?? [];
        expect(stdout + stderr).toContain(`${field.replace('file.', '')} (line ${line}): ${says}`);
      }
    },
  );

  it('is refused where it would keep calls waiting: what never ends, and what is very large', async () => {
    const headers = { 'content-type': 'application/yaml' };
    const refused = { status: 400, body: { code: 'invalid_apply_file' } };
    expect(await ofEmpty.ask('POST', '/api/apply', 'settings: { x: &a [*a] }', headers)).toMatchObject({
      ...refused,
      body: { field: 'file.settings.x.0' },
    });
    const large = `# ${'x'.repeat(2 ** 20)}`;
    for (const file of [large, { groups: { vip: { description: large } } }])
      expect(await ofEmpty.ask('POST', '/api/apply', { file })).toMatchObject({
        ...refused,
        body: { detail: expect.stringContaining('tollgate apply') },
      });
  });

  it('is described with all its types', async () => {
    const { paths } = await client.done<{ paths: Record<string, { post: { requestBody: { content: object } } }> }>(
      'GET',
      '/api/openapi.json',
    );
    expect(Object.keys(paths['/api/apply']?.post.requestBody.content ?? {})).toEqual([
      'application/json',
      'application/yaml',
      'application/x-yaml',
      'text/yaml',
      'text/x-yaml',
    ]);
  });

  it('tells the key of a new token once, and prunes what is not named', async () => {
    const file = { users: [root, { username: 'alice' }], tokens: [{ name: 'new', user: 'alice', points: 5 }], channels: [] };
    const { changes, newKeys } = await applied(ofEmpty, { file, prune: true });
    expect(newKeys).toEqual([{ name: 'alice/new', key: expect.stringMatching(/^sk-/) as string }]);
    expect(changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'disable', kind: 'token', name: 'alice/program' }),
        expect.objectContaining({ action: 'disable', kind: 'channel', name: 'one' }),
      ]),
    );
    const { status } = await rawCall({ url: empty.url, key: keyOf('program'), dialect: 'openai-chat', model: 'm' });
    expect(status).toBe(401);
  });

  it('is remembered with who applied it', async () => {
    const { items } = await ofEmpty.done<{ items: readonly { author: object }[] }>(
      'GET',
      '/api/audit?kind=channel&name=many&action=create',
    );
    expect(items).toHaveLength(1);
    expect(items[0]?.author).toMatchObject({ kind: 'api', userId: expect.any(String) as string, requestId: expect.any(String) as string });
  });

  it.each([
    {
      about: 'a field that there is not',
      file: { groups: { x: { ration: 1 } } },
      field: 'file.groups.x.ration',
      says: /^file\.groups\.x\.ration: There is no such field\. There are: /,
    },
    {
      about: 'the same in a text',
      file: 'groups:\n  x: { ration: 1 }',
      field: 'file.groups.x.ration',
      says: /Line 2:8: There is no such field/,
    },
    {
      about: 'a value out of the environment',
      file: { groups: { x: { description: '${A_VARIABLE_OF_THE_SERVER}' } } },
      field: 'file.groups.x.description',
      says: /There is no value for A_VARIABLE_OF_THE_SERVER: give it in `variables`/,
    },
    {
      about: 'a name that objects have by themselves',
      file: { groups: { x: { description: '${constructor}' } } },
      field: 'file.groups.x.description',
      says: /no value for constructor/,
    },
    { about: 'a text that is no YAML', file: 'groups: [', field: 'file', says: /Line 1:10/ },
    {
      about: 'a text that no database can hold',
      file: 'groups: { x: { description: "a\\0b" } }',
      field: 'file.groups.x.description',
      says: /NUL/,
    },
    {
      about: 'a provider that there is not',
      file: { channels: [{ name: 'x', provider: 'nobody', models: [] }] },
      field: 'file.channels.0.provider',
      says: /No plugin provides/,
    },
  ])('is refused with its place: $about', async ({ file, field, says }) => {
    const { status, body } = await ofEmpty.ask('POST', '/api/apply', { file });
    expect({ status, ...(body as object) }).toMatchObject({ status: 400, code: 'invalid_apply_file', field });
    expect((body as { detail: string }).detail).toMatch(says);
  });

  it('names all that is wrong, and no value of a variable', async () => {
    const file = { users: [{ username: 'a', ratio: '${SECRET}' }, { username: 'a/b' }] };
    const { body } = await ofEmpty.ask('POST', '/api/apply', { file, variables: { SECRET: 'hush-hush-hush' } });
    expect((body as { problems: readonly { field: string }[] }).problems.map(({ field }) => field)).toEqual([
      'file.users.0.ratio',
      'file.users.1.username',
    ]);
    expect(JSON.stringify(body)).not.toContain('hush-hush-hush');
  });

  it('is for root alone', async () => {
    const ada = await ManagementClient.of(gateway, 'ada');
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', { file: {} }],
    ] as const)
      expect((await ada.ask(method, '/api/apply', body)).status).toBe(403);
  });

  it('keeps the books clean', async () => {
    await gateway.expectCleanLedger();
    await empty.expectCleanLedger();
  });
});
