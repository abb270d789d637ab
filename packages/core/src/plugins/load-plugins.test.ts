import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, z } from '@tollgate/plugin-kit';
import type { Dialect, PaymentAdapter, PluginParts, ProviderAdapter, TaskAdapter } from '@tollgate/plugin-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../foundation/logger.js';
import { AddressRefusedError } from '../foundation/safe-fetch-errors.js';
import { loadPlugins } from './load-plugins.js';
import type { PluginLoading, PluginRegistry } from './load-plugins.js';

const logger = createLogger('silent', { write() {} });
const loaded: PluginRegistry[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-plugins-'));
});
afterEach(async () => {
  for (const registry of loaded.splice(0)) await registry.close();
  rmSync(folder, { recursive: true });
});

async function load(entries: readonly unknown[], more: Partial<PluginLoading> = {}): Promise<PluginRegistry> {
  const registry = await loadPlugins({ entries, folder, logger, ...more });
  loaded.push(registry);
  return registry;
}

function plugin(name: string, parts: PluginParts = {}) {
  return definePlugin({ name, kit: '1.0', setup: () => parts });
}

function dialect(id: string, change: object = {}): Dialect {
  const upstream = { encodeRequest() {}, decodeResponse() {}, streamDecoder() {} };
  const usage = { needles: ['"usage":'], keep: 'last', read() {} };
  return { id, wire: id, vendor: 'acme', framing: 'sse', usage, upstream, ...change } as unknown as Dialect;
}

function provider(id: string, spoken = dialect('acme-chat')): ProviderAdapter {
  const speaks = [{ dialect: spoken, url: () => 'http://localhost' }];
  return { id, title: id, vendor: 'acme', config: z.object({}), speaks, headers: () => ({}) };
}

/** Writes a plugin package into the folder, as npm would have installed it. */
function install(name: string, manifest: object, code: string): void {
  const packageFolder = join(folder, 'node_modules', name);
  mkdirSync(packageFolder, { recursive: true });
  const exports = { '.': { import: './index.js' } };
  writeFileSync(join(packageFolder, 'package.json'), JSON.stringify({ name, type: 'module', exports, ...manifest }));
  writeFileSync(join(packageFolder, 'index.js'), code);
}

const emptyPlugin = (name: string, start = 'return {}'): string => `
  const configured = (options) => ({ name: '${name}', kit: '1.0', needs: [], async start(host) { ${start} } });
  const mark = (value) => Object.defineProperty(value, Symbol.for('tollgate.plugin'), { value: true });
  export default mark((options) => mark(configured(options)));`;

describe('plugins in a configuration', () => {
  it('may be called or not, empty or nested', async () => {
    const first = plugin('first', { providers: [provider('one')] });
    const second = plugin('second', { providers: [provider('two', dialect('other-chat'))] });
    const registry = await load([first, false, null, [[second()]]]);
    expect([...registry.providers.keys()]).toEqual(['one', 'two']);
  });

  it('are found by full and by short name from the folder of the configuration', async () => {
    const kit = { tollgate: { kit: '1.0' } };
    install(
      '@acme/audit',
      kit,
      emptyPlugin('@acme/audit', 'host.onClose(() => { globalThis.closed = [...(globalThis.closed ?? []), "audit"] }); return {}'),
    );
    install('@tollgate/adapter-short', kit, emptyPlugin('short', 'if (options.live !== true) throw new Error("no options"); return {}'));
    const registry = await load(['@acme/audit', ['short', { live: true }]]);
    await registry.close();
    expect(globalThis).toHaveProperty('closed', ['audit']);
  });

  it('are refused if no such package is installed', async () => {
    await expect(load(['nowhere'])).rejects.toThrow(/Plugin nowhere .*@tollgate\/adapter-nowhere or .*tollgate-plugin-nowhere/);
    await expect(load(['./file.js'])).rejects.toThrow('not the name of a package');
  });

  it('are refused before their code runs if their contract does not fit', async () => {
    const alarm = 'globalThis.ran = true; export default 1;';
    install('@acme/newer', { tollgate: { kit: '1.1' } }, alarm);
    install('@acme/other', { tollgate: { kit: '2.0' } }, alarm);
    install('@acme/none', {}, alarm);
    await expect(load(['@acme/newer'])).rejects.toThrow('Plugin @acme/newer cannot be loaded: it is written for version "1.1"');
    await expect(load(['@acme/other'])).rejects.toThrow('version "2.0"');
    await expect(load(['@acme/none'])).rejects.toThrow('no field "tollgate"');
    expect(globalThis).not.toHaveProperty('ran');
  });

  it('are named with their place if they are no plugins', async () => {
    await expect(load([plugin('a'), [42]])).rejects.toThrow('plugins.1.0 is no plugin');
  });
});

describe('a broken plugin', () => {
  const kit = { tollgate: { kit: '1.0' } };

  it('stops the start with its name and reason', async () => {
    install('@acme/thrower', kit, 'throw new Error("no luck")');
    install('@acme/stranger', kit, 'export default {}');
    await expect(load(['@acme/thrower'])).rejects.toThrow('Plugin @acme/thrower cannot be loaded: its code fails: no luck');
    await expect(load(['@acme/stranger'])).rejects.toThrow('default export is not a plugin');
    const failing = definePlugin({ name: 'failing', kit: '1.0', setup: () => Promise.reject(new Error('no licence')) });
    await expect(load([failing])).rejects.toThrow('Plugin failing cannot be loaded: its set-up fails: no licence');
  });

  it('is told which of its options is wrong', async () => {
    const strict = definePlugin({ name: 'strict', kit: '1.0', options: z.object({ region: z.string() }), setup: () => ({}) });
    await expect(load([strict])).rejects.toThrow(/Plugin strict .*region/s);
  });

  it('is given up when its set-up does not end', async () => {
    const endless = definePlugin({ name: 'endless', kit: '1.0', setup: () => new Promise<PluginParts>(() => undefined) });
    await expect(load([endless], { setUpTimeoutMs: 5 })).rejects.toThrow('No answer within 5 ms.');
  });

  it('is refused for an ability that the gateway lacks', async () => {
    const needy = definePlugin({ name: 'needy', kit: '1.0', needs: ['tasks'], setup: () => ({}) });
    await expect(load([needy])).rejects.toThrow('it needs tasks');
    await expect(load([needy], { features: new Set(['tasks']) })).resolves.toBeDefined();
  });

  it('is refused for parts that nobody would run', async () => {
    const payment = { id: 'paylink' } as unknown as PaymentAdapter;
    const task = { id: 'films' } as unknown as TaskAdapter;
    await expect(load([plugin('paying', { payments: [payment], tasks: [task] })])).rejects.toThrow(
      /Plugin paying .*payment paylink, task films, and this version of the gateway runs neither payments nor tasks yet/,
    );
    await expect(load([plugin('paid', { payments: [], tasks: [] })])).resolves.toBeDefined();
  });

  it('closes the plugins that were started before it', async () => {
    const notes: string[] = [];
    const opener = definePlugin({
      name: 'opener',
      kit: '1.0',
      setup: (_options, host) => (host.onClose(() => void notes.push('closed')), {}),
    });
    await expect(load([opener, plugin('twice', { providers: [provider('a'), provider('a')] })])).rejects.toThrow(
      'provider a is already there',
    );
    expect(notes).toEqual(['closed']);
  });
});

describe('parts of plugins', () => {
  it('bring the dialects along that their providers speak', async () => {
    const registry = await load([plugin('a', { providers: [provider('one')] })]);
    expect([...registry.dialects.keys()]).toEqual(['acme-chat']);
  });

  it('may share a dialect, also through two copies of its package', async () => {
    const shared = dialect('acme-chat');
    const registry = await load([
      plugin('a', { dialects: [shared], providers: [provider('one', shared)] }),
      plugin('b', { providers: [provider('two', dialect('acme-chat'))] }),
    ]);
    expect(registry.dialects.get('acme-chat')).toBe(shared);
  });

  it('must not claim the same id, path or default list', async () => {
    const served = (id: string, change: object) =>
      dialect(id, {
        client: {
          ...Object.fromEntries(functions.map((name) => [name, () => undefined])),
          pathPrefixes: [],
          credentials: [],
          passHeaders: [],
          guardedKeys: [],
          ...change,
        },
      });
    const functions = ['inspect', 'framing', 'decodeRequest', 'encodeResponse', 'streamEncoder', 'encodeError', 'encodeStreamError'];
    const path = { routes: [{ path: '/v1/chat' }] };
    const list = { routes: [], models: { listPaths: ['/v1/models'] } };
    const both = (change: object) =>
      load([plugin('a', { dialects: [served('a', change)] }), plugin('b', { dialects: [served('b', change)] })]);
    await expect(both(path)).rejects.toThrow('Plugin b cannot be loaded: the path /v1/chat is already there, from a.');
    await expect(both(list)).rejects.toThrow('default model list at /v1/models');
    await expect(load([plugin('a', { dialects: [dialect('x')] }), plugin('b', { dialects: [dialect('x')] })])).rejects.toThrow('dialect x');
  });

  it('are refused if something of their contract is missing', async () => {
    await expect(load([plugin('a', { dialects: [dialect('x', { upstream: {} })] })])).rejects.toThrow(
      'dialect x is incomplete: "upstream.encodeRequest" must be',
    );
    await expect(load([plugin('a', { dialects: [dialect('x', { client: {} })] })])).rejects.toThrow('"client.routes" must be a list');
    const silent = { ...provider('y'), headers: undefined } as unknown as ProviderAdapter;
    await expect(load([plugin('a', { providers: [silent] })])).rejects.toThrow('provider y is incomplete: "headers" must be a function');
    await expect(load([plugin('a', { providers: [provider('Y!')] })])).rejects.toThrow('lower-case letters');
  });

  it('cannot be changed any more', async () => {
    const registry = await load([plugin('a', { providers: [provider('one')] })]);
    expect(Object.isFrozen(registry.providers.get('one')?.speaks)).toBe(true);
  });
});

describe('what a plugin gets', () => {
  it('is a network and a cache of its own', async () => {
    const server = createServer((_request, response) => response.end('pong')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const registry = await load([plugin('a', { providers: [provider('one')] }), plugin('b', { providers: [provider('two')] })]);
    const io = (name: string) =>
      registry.ioOf(registry.providers.get(name) as ProviderAdapter, new AbortController().signal, { allowPrivate: true });
    const response = await io('one').fetch({ method: 'GET', url, headers: {} });
    io('one').cache.set('key', await response.text(), 60_000);
    expect([io('one').cache.get('key'), io('two').cache.get('key')]).toEqual(['pong', undefined]);
    server.close();
  });

  it('goes the way of the channel for which it asks', async () => {
    const server = createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const registry = await load([plugin('a', { providers: [provider('one')] })]);
    const left = new AbortController();
    const io = (way: { readonly allowPrivate: boolean; readonly proxy?: string }) =>
      registry.ioOf(registry.providers.get('one') as ProviderAdapter, left.signal, way);
    const request = { method: 'GET', url: `http://${address}/token`, headers: {} } as const;
    await expect(io({ allowPrivate: false }).fetch(request)).rejects.toThrow(AddressRefusedError);
    const asked: (string | undefined)[] = [];
    server.on('connect', (head, socket) => {
      asked.push(head.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const elsewhere = { ...request, url: 'http://elsewhere.example/token' };
    await expect(io({ allowPrivate: false, proxy: `http://${address}` }).fetch(elsewhere)).rejects.toThrow();
    expect(asked).toEqual(['elsewhere.example:80']);
    left.abort();
    await expect(io({ allowPrivate: true }).fetch(request)).rejects.toThrow();
    expect(await (await io({ allowPrivate: true }).fetch(request, { outlivesCall: true })).text()).toBe('/token');
    server.close();
  });

  it('ends in reverse order, whatever fails, and only once', async () => {
    const notes: string[] = [];
    const closing = (name: string, close: () => void) =>
      definePlugin({ name, kit: '1.0', setup: (_options, host) => (host.onClose(close), {}) });
    const bad = closing('bad', () => {
      throw new Error('stuck');
    });
    const registry = await load([closing('a', () => void notes.push('a')), bad, closing('b', () => void notes.push('b'))]);
    await registry.close();
    await registry.close();
    expect(notes).toEqual(['b', 'a']);
    expect(registry.faults.counts().get('bad')).toBe(1);
  });
});
