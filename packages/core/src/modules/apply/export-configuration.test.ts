import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDatabases } from '../../storage/test-database.js';
import { ApplyBench } from './apply-test-bench.js';
import { type ExportedConfiguration, exportConfiguration, exportText } from './export-configuration.js';

const secrets: Readonly<Record<string, string>> = {
  CHANNEL_MAIN_API_KEY: 'upstream-key-of-main-0123456789',
  CHANNEL_MAIN_PROXY: 'socks5://me:proxy-password@127.0.0.1:1080',
  CHANNEL_MANY_KEY_1: 'first-of-many-keys-0123456789',
  CHANNEL_MANY_KEY_2: 'second-of-many-keys-0123456789',
  CHANNEL_MANY_KEY_2_KEY_1: 'the-key-of-a-channel-named-alike',
  USER_ALICE_PASSWORD: 'correct horse battery',
  TOKEN_ALICE_DEV_KEY: `sk-${'d'.repeat(40)}`,
  TOKEN_ALICE_SMALL_KEY: `sk-${'s'.repeat(40)}`,
  SETTING_MAIL_PASSWORD: 'mail-password-1',
};

const file = `
groups:
  default: { ratio: 1, limits: [60, 0] }
  vip: { description: "Costs \\"half\\": $\${X}", ratio: 0.5, ratiosByUserGroup: { default: 0.75 }, usableBy: [default] }
  free: { ratio: 0, usableBy: everyone }
vendors: { Maker: { icon: mark }, Other: {} }
models:
  - { name: gpt, vendor: Maker, type: chat, modelRatio: 0.075, completionRatio: 4, cacheRatio: 0.5, outputTokensMax: 4096, tags: [a, b] }
  - { name: long, modelRatio: 1.25, tiers: [{ inputTokensAbove: 200000, modelRatio: 2.5 }], toolFees: { webSearch: 10 }, settlement: { upstreamCut: delivered } }
  - { name: taken-over, inputPrice: 3, outputPrice: 12, priceSource: synced }
  - { name: picture, pricePerCall: 0.02, enabled: false }
  - { name: "*-preview", enabled: false }
channels:
  - name: main
    provider: test
    config: { baseUrl: "http://127.0.0.1:1/$\${PATH}", apiKey: "\${CHANNEL_MAIN_API_KEY}" }
    models: [gpt, long]
    modelMapping: { "gpt*": "vendor/gpt*" }
    groups: [default, vip]
    priority: -2
    weight: 0
    tag: eu
    allowPrivate: true
    proxy: "\${CHANNEL_MAIN_PROXY}"
    timeouts: { firstByteMs: 100 }
    parameters: [{ models: ["gpt*"], set: { "reasoning.effort": low } }]
    headers: [{ default: { x-team: gateway } }]
    statusMapping: { "400": 402 }
    spendCaps: { day: 12.5 }
    enabled: false
  - name: many
    provider: test
    config: { baseUrl: "https://api.example.com/v1" }
    keys: ["\${CHANNEL_MANY_KEY_1}", { key: "\${CHANNEL_MANY_KEY_2}", remark: "the team's: #2", enabled: false }]
    keyOrder: in-turn
    models: [gpt]
  - { name: "many key 2", provider: test, config: { baseUrl: "https://api.example.com/v1" }, keys: [{ key: { apiKey: "\${CHANNEL_MANY_KEY_2_KEY_1}" } }], models: [gpt] }
users:
  - { username: alice, password: "\${USER_ALICE_PASSWORD}", group: vip, points: 1000.5, ratio: 0.9, spendCaps: { day: 10, month: 100 } }
  - { username: bob, role: admin, enabled: false }
tokens:
  - { name: dev, user: alice, key: "\${TOKEN_ALICE_DEV_KEY}", unlimited: true, models: [gpt], allowIps: ["10.0.0.0/8"], expiresAt: 2030-12-31 }
  - { name: small, user: alice, key: "\${TOKEN_ALICE_SMALL_KEY}", points: 500, group: auto, limits: { requestsPerHour: 0 }, spendCaps: { day: 5 }, enabled: false }
settings:
  mail: { port: 587, password: "\${SETTING_MAIL_PASSWORD}" }
  limits: { models: { gpt: { concurrentCalls: 8 } } }
`;

describe.each(testDatabases())('export on $kind', ({ open }) => {
  const benches: ApplyBench[] = [];
  let bench: ApplyBench;
  const another = async (): Promise<ApplyBench> => {
    const opened = await ApplyBench.open({ open });
    benches.push(opened);
    return opened;
  };
  beforeEach(async () => {
    bench = await another();
    await bench.apply(file, {}, secrets);
  });
  afterEach(async () => {
    for (const opened of benches.splice(0)) await opened.close();
  });

  const exported = (of: ApplyBench): Promise<ExportedConfiguration> => exportConfiguration(of.context);

  it('says what the file said, with a place for each secret and none of them', async () => {
    const found = await exported(bench);
    expect(JSON.stringify(found)).not.toMatch(/upstream-key|proxy-password|of-many-keys|named-alike|correct horse|sk-|mail-password/);
    expect(found.variables.map(({ name }) => name).sort()).toEqual(Object.keys(secrets).sort());
    expect(found.variables).toContainEqual({ name: 'CHANNEL_MAIN_API_KEY', field: 'channels.0.config.apiKey' });
    expect(found.file).toMatchObject({
      groups: { vip: { description: 'Costs "half": $${X}', ratio: '0.5', usableBy: ['default'] } },
      channels: [{ name: 'main', priority: -2, weight: 0, proxy: '${CHANNEL_MAIN_PROXY}' }, {}, {}],
      tokens: [{ name: 'dev', user: 'alice', unlimited: true, expiresAt: '2030-12-31T00:00:00.000Z' }, { points: '500' }],
      settings: { limits: { groups: { default: [60, 0] } } },
    });
  });

  it.each(['json', 'yaml'] as const)('makes the same of an empty gateway, as %s', async (format) => {
    const found = await exported(bench);
    const text = format === 'yaml' ? exportText(found) : JSON.stringify(found.file);
    const empty = await another();
    expect((await empty.apply(text, {}, secrets)).newKeys).toEqual([]);
    expect(await exported(empty)).toEqual(found);
    for (const applied of [empty, bench])
      expect(await applied.apply(text, { prune: true }, secrets)).toMatchObject({ changes: [], notes: [] });
  });

  it('leaves out what was not asked for', async () => {
    const { file: few, variables } = await exportConfiguration(bench.context, { sections: ['channels'], channels: { tag: 'eu' } });
    expect(Object.keys(few)).toEqual(['channels']);
    expect(few.channels).toHaveLength(1);
    expect(variables.map(({ name }) => name)).toEqual(['CHANNEL_MAIN_API_KEY', 'CHANNEL_MAIN_PROXY']);
  });
});

describe('the names of variables', () => {
  it('are apart where words are alike', async () => {
    const { ExportPlaceholders } = await import('./export-placeholders.js');
    const placeholders = new ExportPlaceholders();
    expect(placeholders.at(['a'], 'channel', 'a-b', 'apiKey')).toBe('${CHANNEL_A_B_API_KEY}');
    expect(placeholders.at(['b'], 'channel', 'a_b', 'apiKey')).toBe('${CHANNEL_A_B_API_KEY_2}');
    expect(placeholders.at(['c'], 'channel', '渠道', 'apiKey')).toBe('${CHANNEL_API_KEY}');
  });
});
