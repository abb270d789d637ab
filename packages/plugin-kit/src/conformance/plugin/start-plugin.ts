import type { ConfiguredPlugin, Plugin, PluginHost, PluginParts } from '../../plugin.js';
import type { Awaitable } from '../../hooks.js';

/** A plugin that runs, with what it left to be done at the end. */
export interface StartedPlugin {
  readonly plugin: ConfiguredPlugin;
  readonly parts: PluginParts;
  close(): Promise<void>;
}

/** Sets a plugin up as the gateway does, on a host that has no network. @throws whatever its set-up throws */
export async function startPlugin(given: Plugin | ConfiguredPlugin, options?: unknown): Promise<StartedPlugin> {
  const plugin = typeof given === 'function' ? given(options) : given;
  const closers: (() => Awaitable<void>)[] = [];
  const parts = await plugin.start(hostWithoutNetwork(closers));
  return {
    plugin,
    parts,
    async close() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

function hostWithoutNetwork(closers: (() => Awaitable<void>)[]): PluginHost {
  const log = { info: () => undefined, warn: () => undefined };
  const kept = new Map<string, string>();
  return {
    features: new Set(),
    log,
    io: {
      fetch: () => Promise.reject(new Error('There is no network while a plugin is checked.')),
      cache: { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) },
      signal: new AbortController().signal,
      log,
    },
    onClose: (close) => void closers.push(close),
  };
}
