import { describe, expect, it } from 'vitest';
import { ApplyFileError, type ApplyProblem } from './apply-errors.js';
import { parseApplyFile } from './apply-file.js';

function problemsOf(text: string, environment: Record<string, string> = {}): readonly ApplyProblem[] {
  try {
    parseApplyFile(text, 'gateway.yaml', environment);
  } catch (error) {
    if (error instanceof ApplyFileError) return error.problems;
    throw error;
  }
  throw new Error('The file was accepted.');
}

describe('apply file', () => {
  it('is read as YAML, with defaults filled in', () => {
    const { document } = parseApplyFile(
      `
groups: { default: { ratio: 1 }, vip: { ratio: 0.5 } }
models:
  - { name: gpt, modelRatio: 0.075, completionRatio: 4, cacheRatio: "0.5" }
  - { name: picture, pricePerCall: 0.02 }
channels:
  - { name: main, provider: test, config: { apiKey: "\${KEY}" }, models: [gpt] }
users:
  - { username: alice, password: "long enough", points: 1000.5 }
tokens:
  - { name: dev, user: alice, unlimited: true, allowIps: ["10.0.0.0/8"], expiresAt: 2030-12-31 }
`,
      'gateway.yaml',
      { KEY: 'sk-1' },
    );
    expect(document.groups).toMatchObject({ default: { ratio: '1', usableBy: [] }, vip: { ratio: '0.5' } });
    expect(document.models[0]).toEqual({ name: 'gpt', modelRatio: '0.075', completionRatio: '4', cacheRatio: '0.5' });
    expect(document.channels[0]).toMatchObject({ config: { apiKey: 'sk-1' }, groups: ['default'], priority: 0, weight: 1, enabled: true });
    expect(document.users[0]).toMatchObject({ username: 'alice', points: 1_000_500n });
    expect(document.tokens[0]?.expiresAt).toBe(Date.UTC(2030, 11, 31));
  });

  it("takes the product's example of groups with their ratios as it is printed", () => {
    const { document } = parseApplyFile('groups: {"vip": 0.5, "premium": 0.8, "standard": 1.0, "trial": 2.0}', 'f', {});
    expect(document.groups).toMatchObject({
      vip: { ratio: '0.5' },
      premium: { ratio: '0.8' },
      standard: { ratio: '1' },
      trial: { ratio: '2' },
    });
  });

  it('is read as JSON too, however it is indented', () => {
    const text = JSON.stringify({ users: [{ username: 'alice', points: '12.25' }] }, undefined, '\t');
    expect(parseApplyFile(text, 'gateway.json', {}).document.users[0]).toMatchObject({ username: 'alice', points: 12_250n });
  });

  it('takes variables from the environment, never as structure, and leaves escaped ones', () => {
    const { document } = parseApplyFile(
      'channels: [{ name: "a-${A}-${B}", provider: "$${A}", config: { text: "${A}" }, models: [] }]',
      'f',
      {
        A: '}], x: 1',
        B: '2',
      },
    );
    expect(document.channels[0]).toMatchObject({ name: 'a-}], x: 1-2', provider: '${A}', config: { text: '}], x: 1' } });
  });

  it('names every problem at once, each by path and place', () => {
    const text = `users:
  - username: alice
    pasword: "long enough"
    points: -1
  - { username: bob, group: 7 }
channels:
  - name: main
    provider: test
    models: [gpt]
    config:
      apiKey: \${MISSING}
      other: \${1x}
tokens:
  - { name: dev, user: alice, key: short, unlimited: true }
extra: 1
`;
    expect(problemsOf(text).map(({ path, line, column }) => `${path} ${line}:${column}`)).toEqual([
      'channels.0.config.apiKey 11:7',
      'channels.0.config.other 12:7',
      'users.0.points 4:5',
      'users.0.pasword 3:5',
      'users.1.group 5:22',
      'tokens.0.key 14:31',
      'extra 15:1',
    ]);
  });

  it('says what is wrong in words', () => {
    const [first, second] = problemsOf('users: [{ username: a, password: "${NONE}" }, { username: b, surname: c }]');
    expect(first?.message).toBe('The environment variable NONE is not set. Set it where you run this command.');
    expect(problemsOf('channels: [{ name: a, provider: b }]')[0]?.message).toBe('Is missing; expected array.');
    expect(second?.message).toBe('There is no such field. There are: username, password, role, group, ratio, points, spendCaps, enabled.');
    expect(() => parseApplyFile('extra: 1', 'gateway.yaml', {})).toThrow(
      'gateway.yaml has one problem; nothing was applied.\n  extra (line 1:1): There is no such field. There are: groups, vendors, models, channels, users, tokens, settings.',
    );
  });

  it.each([
    {
      text: 'models: [{ name: m, modelRatio: 1, toolFees: { starSearch: 1 } }]',
      says: /^There is no such field\. There are: webSearch, /,
    },
    {
      text: 'groups: { vip: { ration: 1 } }',
      says: 'There is no such field. There are: description, ratio, ratiosByUserGroup, usableBy, limits, strategy.',
    },
    { text: 'groups: { vip: { ratio: -1 } }', says: '"-1" is not a decimal number of zero or more.' },
    { text: 'groups: { vip: -1 }', says: '"-1" is not a decimal number of zero or more.' },
    { text: 'groups: { vip: true }', says: 'Expected a ratio, such as 0.5, or an object with the fields of a group.' },
  ])('says what would fit instead: $text', ({ text, says }) => {
    expect(problemsOf(text).map(({ message }) => message)).toEqual([typeof says === 'string' ? says : expect.stringMatching(says)]);
  });

  it.each([
    { text: '', path: '' },
    { text: 'users: [', path: '' },
    { text: '- 1', path: '' },
    { text: 'users: {}', path: 'users' },
    { text: 'users: []\nusers: []', path: '' },
    { text: 'models: [{ name: m, modelRatio: 1, imagePrices: [{ price: 1 }] }]', path: 'models.0' },
    { text: 'models: [{ name: m, completionRatio: 2 }]', path: 'models.0' },
    { text: 'models: [{ name: gpt-*-mini }]', path: 'models.0.name' },
    { text: 'models: [{ name: m, type: poem }]', path: 'models.0.type' },
    { text: 'models: [{ name: m, modelRatio: -1 }]', path: 'models.0.modelRatio' },
    { text: 'tokens: [{ name: t, user: u }]', path: 'tokens.0' },
    { text: 'tokens: [{ name: t, user: u, unlimited: true, points: 1 }]', path: 'tokens.0.points' },
    { text: 'tokens: [{ name: t, user: u, points: 1.0001 }]', path: 'tokens.0.points' },
    { text: 'tokens: [{ name: t, user: u, points: 1, expiresAt: soon }]', path: 'tokens.0.expiresAt' },
    { text: 'tokens: [{ name: t, user: u, points: 1, allowIps: [10.0.0.1, home] }]', path: 'tokens.0.allowIps.1' },
    { text: 'tokens: [{ name: t, user: u, points: 1, key: 1234567890123456789012345678901 }]', path: 'tokens.0.key' },
    { text: 'users: [{ username: a/b }]', path: 'users.0.username' },
    { text: 'users: [{ username: "a\\0b" }]', path: 'users.0.username' },
    { text: 'models: [{ name: "half \\ud800" }]', path: 'models.0.name' },
    { text: 'groups: { "bell \\a": {} }', path: 'groups.bell \u0007' },
    { text: 'groups: { __proto__: { ratio: 2 } }', path: 'groups.__proto__' },
    { text: 'groups: { auto: { ratio: 2 } }', path: 'groups.auto' },
    { text: 'groups: { vip: { usableBy: all } }', path: 'groups.vip.usableBy' },
    { text: 'groups: { vip: { limits: [1] } }', path: 'groups.vip.limits' },
    { text: 'settings: { mail: { __proto__: 2 } }', path: 'settings.mail.__proto__' },
    { text: 'models: [{ name: m, modelRatio: 1e400 }]', path: 'models.0.modelRatio' },
    { text: 'models: [{ name: m, modelRatio: .nan }]', path: 'models.0.modelRatio' },
    { text: 'models: [{ name: m, modelRatio: [1] }]', path: 'models.0.modelRatio' },
    { text: 'users: [{ username: a, points: 1e400 }]', path: 'users.0.points' },
    { text: 'users: [{ username: a, points: 1000000000000001 }]', path: 'users.0.points' },
    { text: 'users: [*nobody]', path: '' },
    { text: 'users: &all [*all]', path: 'users.0' },
    { text: 'users: [&a { username: a }, { <<: *a, username: b }]', path: 'users.1.<<' },
    { text: '--- {}\n--- {}', path: '' },
    { text: 'users: [{ username: a }, { username: a }]', path: 'users.1.username' },
    { text: 'models: [{ name: a }, { name: a }]', path: 'models.1.name' },
    { text: 'tokens: [{ name: a, user: u, points: 1 }, { name: a, user: u, points: 1 }]', path: 'tokens.1.name' },
  ])('is refused: $text', ({ text, path }) => {
    expect(problemsOf(text).map((problem) => problem.path)).toEqual([path]);
  });

  it('accepts the same token name for two users, and refuses one key for two tokens without repeating it', () => {
    const key = 'k'.repeat(32);
    const [problem] = problemsOf(`tokens:
  - { name: a, user: u, points: 1, key: ${key} }
  - { name: a, user: v, points: 1, key: ${key} }`);
    expect(problem).toMatchObject({ path: 'tokens.1.key', line: 3, message: 'Another token has the same key (line 2).' });
  });

  it('keeps every digit of a number', () => {
    const { document } = parseApplyFile(
      'models: [{ name: m, modelRatio: 0.123456789012345678 }]\nusers: [{ username: a, points: 999999999999999.123 }]',
      'f',
      {},
    );
    expect(document.models[0]?.modelRatio).toBe('0.123456789012345678');
    expect(document.users[0]?.points).toBe(999_999_999_999_999_123n);
  });

  it('never repeats a value from the environment, wherever it was put', () => {
    const problems = problemsOf(
      'users: [{ username: "${KEY}", ratio: "${KEY}" }, { username: "${KEY}" }]\nmodels: [{ name: m, modelRatio: "x${KEY}" }]',
      { KEY: 'sk-hush-hush' },
    );
    expect(problems.map(({ message }) => message)).toEqual([
      '"x${KEY}" is not a decimal number of zero or more.',
      '"${KEY}" is not a decimal number of zero or more.',
    ]);
  });

  it('is refused when it is nested too deeply to be read', () => {
    for (const text of ['['.repeat(100_000), `${'['.repeat(100_000)}${']'.repeat(100_000)}`]) expect(problemsOf(text)).not.toEqual([]);
  });

  it('is refused when an alias stands for what it is a part of', () => {
    expect(problemsOf('settings:\n  x: &a\n    y: [*a]')).toMatchObject([
      { path: 'settings.x.y.0', line: 3, message: expect.stringContaining('*a') },
    ]);
    expect(problemsOf('a: &a [1, &b [*a, *b]]')).toHaveLength(2);
  });

  it('is refused when aliases multiply beyond reason', () => {
    const lines = ['a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'].map((pair) => [...pair]))
      lines.push(`${to}: &${to} [${`*${from}, `.repeat(9)}]`);
    expect(problemsOf(lines.join('\n'))[0]?.message).toMatch(/alias/i);
  });
});
