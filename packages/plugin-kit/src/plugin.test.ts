import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { secret } from './config-schema.js';
import type { Dialect } from './dialect.js';
import { DefinitionError } from './errors.js';
import { definePlugin, defineProvider, isPlugin, type PluginHost } from './plugin.js';

const host: PluginHost = {
  features: new Set(),
  log: { info: () => undefined, warn: () => undefined },
  io: {
    fetch: async () => Promise.reject(new Error('No network in this test.')),
    cache: { get: () => undefined, set: () => undefined },
    signal: new AbortController().signal,
    log: { info: () => undefined, warn: () => undefined },
  },
  onClose: () => undefined,
};

describe('definePlugin', () => {
  const options = z.object({ region: z.enum(['eu', 'us']).default('eu') });
  const seen: string[] = [];
  const plugin = definePlugin({
    name: 'acme-plugin',
    kit: '1.0',
    options,
    setup: ({ region }) => {
      seen.push(region);
      return {};
    },
  });

  it('makes a plugin that is configured by calling it', async () => {
    const configured = plugin({ region: 'us' });
    expect(configured).toMatchObject({ name: 'acme-plugin', kit: '1.0', needs: [] });
    expect(seen).toEqual([]);
    await configured.start(host);
    await plugin().start(host);
    expect(seen).toEqual(['us', 'eu']);
  });

  it('names the option at fault', async () => {
    const start = plugin({ region: 'mars' as 'eu' }).start(host);
    await expect(start).rejects.toThrow(DefinitionError);
    await expect(start).rejects.toThrow(/acme-plugin[^]*region/);
  });

  it.each(['', '1', '1.x', 'v1.0'])('refuses the kit version "%s"', (kit) => {
    expect(() => definePlugin({ name: 'acme-plugin', kit: kit as '1.0', setup: () => ({}) })).toThrow(DefinitionError);
  });

  it('refuses a plugin without a name', () => {
    expect(() => definePlugin({ name: '', kit: '1.0', setup: () => ({}) })).toThrow('needs a name');
  });
});

describe('isPlugin', () => {
  const plugin = definePlugin({ name: 'acme-plugin', kit: '1.0', setup: () => ({}) });

  it('knows a plugin, called or not', () => {
    expect(isPlugin(plugin)).toBe(true);
    expect(isPlugin(plugin())).toBe(true);
  });

  it('knows a plugin made by another copy of this package', async () => {
    vi.resetModules();
    const copy = await import('./plugin.js');
    expect(copy.definePlugin).not.toBe(definePlugin);
    expect(copy.isPlugin(plugin)).toBe(true);
    expect(isPlugin(copy.definePlugin({ name: 'other', kit: '1.0', setup: () => ({}) })())).toBe(true);
  });

  it.each([undefined, null, 'acme-plugin', {}, () => undefined, { name: 'acme-plugin', kit: '1.0' }])('knows that %o is none', (value) => {
    expect(isPlugin(value)).toBe(false);
  });
});

describe('defineProvider', () => {
  const provider = {
    id: 'acme',
    title: 'Acme',
    vendor: 'acme',
    config: z.object({ apiKey: secret('API key') }),
    speaks: [{ dialect: {} as Dialect, url: () => 'https://api.example.org' }],
    headers: () => ({}),
  };

  it('returns a sound provider as it is', () => {
    expect(defineProvider(provider)).toBe(provider);
  });

  it.each(['', 'Acme', 'acme corp', '-acme', 'ac_me'])('refuses the id "%s"', (id) => {
    expect(() => defineProvider({ ...provider, id })).toThrow(DefinitionError);
  });

  it('refuses a provider that speaks nothing', () => {
    expect(() => defineProvider({ ...provider, speaks: [] })).toThrow('speaks no dialect');
  });

  it('refuses a configuration field that belongs to the gateway', () => {
    expect(() => defineProvider({ ...provider, config: z.object({ dialects: z.string() }) })).toThrow('"dialects" belongs to the gateway');
  });
});
