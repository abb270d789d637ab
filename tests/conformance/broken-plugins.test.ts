import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openaiCompatible } from '@tollgate/adapter-openai';
import { definePlugin, deny, type HookTable, type PaymentAdapter, type PluginParts, type TaskAdapter } from '@tollgate/plugin-kit';
import { pluginSuite, runSuite } from '@tollgate/plugin-kit/conformance';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleVendor } from '../../packages/create-plugin/templates/payment/src/payment.js';
import { findCheck, problemOf } from './find-check.js';
import { filmRecording, films } from './task-double.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-conform-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const manifest = {
  name: 'tollgate-plugin-moon',
  type: 'module',
  files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  tollgate: { kit: '1.0', provides: ['hook'] },
  peerDependencies: { '@tollgate/plugin-kit': '^0.1.0' },
};

function suiteOf(parts: PluginParts, change: object = {}, onClose: () => void = () => undefined) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, ...change }));
  const plugin = definePlugin({
    name: 'tollgate-plugin-moon',
    kit: '1.0',
    setup(_options, host) {
      host.onClose(onClose);
      return parts;
    },
  });
  return pluginSuite(plugin, { folder });
}

const hooks: HookTable = { onRequest: () => undefined };

describe('a plugin', () => {
  it.each([
    ['another name than its package', { name: 'tollgate-plugin-mond' }, 'named like its package', /tollgate-plugin-mond/],
    [
      'no field in its package.json',
      { tollgate: undefined },
      'the same version of the contract',
      /add \{ "kit": "1\.0", "provides": \["hook"\] \}/,
    ],
    ['another contract there', { tollgate: { kit: '0.9', provides: ['hook'] } }, 'the same version of the contract', /0\.9/],
    ['other parts there', { tollgate: { kit: '1.0', provides: ['provider'] } }, 'what it provides', /hook/],
    ['a kit of its own', { dependencies: { '@tollgate/plugin-kit': '^0.1.0' } }, 'own copy of the kit', /not into dependencies/],
    ['no kit at all', { peerDependencies: {} }, 'own copy of the kit', /peerDependencies/],
    ['no ES module', { type: 'commonjs' }, 'carries its entry', /"type"/],
    ['an entry that is not packed', { files: ['lib'] }, 'carries its entry', /dist\/index\.js/],
  ])('with %s does not conform', async (_flaw, change, title, problem) => {
    expect(await problemOf(findCheck(await suiteOf({ hooks }, change), title))).toMatch(problem);
  });

  it.each([
    ['a hook that there is not', { onPayday: () => undefined } as HookTable, 'only hooks that there are', /onPayday/],
    [
      'a gate that fails',
      { onRequest: { run: async () => Promise.reject(new TypeError('broken')) } },
      'onRequest takes any call',
      /broken/,
    ],
    ['an observer that refuses', { onSettled: () => Promise.reject(deny(403, 'no', 'No.')) }, 'onSettled takes any call', /No\./],
    ['a tap that fails', { tapStream: () => ({}) } as unknown as HookTable, 'tapStream takes any call', /not a function/],
  ])('with %s does not conform', async (_flaw, table, title, problem) => {
    expect(await problemOf(findCheck(await suiteOf({ hooks: table }), title))).toMatch(problem);
  });

  it('may refuse calls at its gates', async () => {
    const gates: HookTable = {
      onRequest() {
        throw deny(403, 'no', 'No.');
      },
    };
    expect(await problemOf(findCheck(await suiteOf({ hooks: gates }), 'onRequest takes any call'))).toBeUndefined();
  });

  it('is closed after it was looked at', async () => {
    let closed = 0;
    await runSuite(await suiteOf({ hooks }, {}, () => void (closed += 1)));
    expect(closed).toBe(1);
  });

  it('that keeps all its promises has nothing to record where it has no language', async () => {
    expect(await runSuite(await suiteOf({ hooks }))).toMatchObject({ badge: 'gold', failed: 0, missing: [] });
  });

  it('gets no badge where a promise of the lowest is broken', async () => {
    expect(await runSuite(await suiteOf({ hooks }, { type: 'commonjs' }))).toMatchObject({ badge: 'none', failed: 1 });
  });

  it('has recordings of its own parts', async () => {
    mkdirSync(join(folder, '__fixtures__/monn'), { recursive: true });
    writeFileSync(join(folder, '__fixtures__/monn/errors.json'), '[]');
    const suite = await suiteOf({ providers: [openaiCompatible] }, { tollgate: { kit: '1.0', provides: ['provider'] } });
    expect(await problemOf(findCheck(suite, 'recordings of its own'))).toMatch(/no provider "monn"/);
  });

  it('brings payments and tasks with their recordings', async () => {
    const paying = { payments: [sampleVendor as unknown as PaymentAdapter], tasks: [films as unknown as TaskAdapter] };
    mkdirSync(join(folder, '__fixtures__/films'), { recursive: true });
    writeFileSync(join(folder, '__fixtures__/films/task.json'), JSON.stringify(filmRecording));
    const suite = await suiteOf(paying, { tollgate: { kit: '1.0', provides: ['payment', 'task'] } });
    const { failed, missing } = await runSuite(suite);
    expect(failed).toBe(0);
    expect(suite.checks.some(({ title }) => title.includes('follows "a film" to its end'))).toBe(true);
    expect(missing.map(({ subject }) => subject)).toContain('payment sample-vendor');
    mkdirSync(join(folder, '__fixtures__/moonpay'), { recursive: true });
    writeFileSync(join(folder, '__fixtures__/moonpay/payment.json'), '{"order":{"id":"a","amount":{"minor":"1","currency":"USD"}}}');
    expect(await problemOf(findCheck(await suiteOf(paying), 'recordings of its own'))).toMatch(/no payment "moonpay"/);
  });

  it.each([
    ['payment.json', '{"order":{"id":"a","amount":{"minor":1.5,"currency":"USD"}}}', /no recording of a payment vendor/],
    ['task.json', '{"jobs":[{"name":"a"}]}', /no recording of jobs/],
  ])('is told what is wrong with its %s', async (file, content, problem) => {
    mkdirSync(join(folder, '__fixtures__/moon'), { recursive: true });
    writeFileSync(join(folder, '__fixtures__/moon', file), content);
    await expect(suiteOf({ hooks })).rejects.toThrow(problem);
  });

  it('has no recordings that nobody would read', async () => {
    mkdirSync(join(folder, '__fixtures__/moon-chat'), { recursive: true });
    writeFileSync(join(folder, '__fixtures__/moon-chat/hello.sse'), '');
    await expect(suiteOf({ hooks })).rejects.toThrow(/hello\.sse/);
  });

  it('without a package is no plugin', async () => {
    await expect(pluginSuite(definePlugin({ name: 'x', kit: '1.0', setup: () => ({}) }), { folder })).rejects.toThrow('no package.json');
  });
});
