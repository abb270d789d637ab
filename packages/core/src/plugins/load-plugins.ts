import { DefinitionError } from '@tollgate/plugin-kit';
import type { ConfiguredPlugin, Dialect, PluginHost, PluginIo, PluginParts, ProviderAdapter } from '@tollgate/plugin-kit';
import { systemClock } from '../foundation/clock.js';
import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import { compileHooks } from './hook-pipeline.js';
import type { HookPipeline } from './hook-pipeline.js';
import { PartRegistry } from './part-registry.js';
import { flattenEntries } from './plugin-entry.js';
import type { WantedPlugin } from './plugin-entry.js';
import { PluginLoadError } from './plugin-errors.js';
import { FetchWays, type FetchWay } from './fetch-ways.js';
import { PluginFaults } from './plugin-faults.js';
import { PluginCache, pluginIo, pluginLog } from './plugin-io.js';
import { importPlugin, isSupportedKit, unsupportedKit } from './plugin-package.js';
import { withinTime } from './within-time.js';

/** Everything the loaded plugins add to the gateway. Never changes. */
export interface PluginRegistry {
  readonly dialects: ReadonlyMap<string, Dialect>;
  readonly providers: ReadonlyMap<string, ProviderAdapter>;
  readonly hooks: HookPipeline;
  readonly faults: PluginFaults;
  /** Network and storage for a provider's part in one call, which `signal` ends; `way` is that of its channel. */
  ioOf(provider: ProviderAdapter, signal: AbortSignal, way: FetchWay): PluginIo;
  /** Runs what the plugins left to be run at the end, last loaded first. */
  close(): Promise<void>;
}

export interface PluginLoading {
  /** As the configuration lists them: see PluginEntry. */
  readonly entries: readonly unknown[];
  /** The configuration's folder, from which names are found. */
  readonly folder: string;
  readonly logger: Logger;
  readonly features?: ReadonlySet<string>;
  readonly clock?: Clock;
  readonly setUpTimeoutMs?: number;
}

interface StartedPlugin {
  readonly name: string;
  readonly parts: PluginParts;
  readonly io: (signal: AbortSignal, way: FetchWay) => PluginIo;
}

const setUpTimeoutMs = 30_000;
const closeTimeoutMs = 5_000;

/**
 * Loads the plugins that a configuration lists, and nothing else.
 * @throws PluginLoadError naming plugin and reason; plugins that had been started are closed again.
 */
export async function loadPlugins(loading: PluginLoading): Promise<PluginRegistry> {
  const host = new PluginHosting(loading);
  try {
    const parts = new PartRegistry();
    const plugins: StartedPlugin[] = [];
    for (const wanted of flattenEntries(loading.entries)) {
      const plugin = await host.start(await configuredPlugin(wanted, loading.folder));
      parts.add(plugin.name, plugin.parts);
      plugins.push(plugin);
    }
    return registryOf(host, parts, plugins);
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function configuredPlugin(wanted: WantedPlugin, folder: string): Promise<ConfiguredPlugin> {
  const plugin = 'plugin' in wanted ? wanted.plugin : await importPlugin(wanted.name, folder);
  if (typeof plugin === 'function') return plugin('options' in wanted ? wanted.options : undefined);
  if ('options' in wanted)
    throw new PluginLoadError(plugin.name, 'it takes no options: its package exports a plugin that has been given them already.');
  return plugin;
}

function registryOf(host: PluginHosting, parts: PartRegistry, plugins: readonly StartedPlugin[]): PluginRegistry {
  const ioByPlugin = new Map(plugins.map(({ name, io }) => [name, io]));
  const sources = plugins.map(({ name, parts: { hooks = {} } }) => ({ plugin: name, hooks }));
  return Object.freeze({
    dialects: parts.dialects,
    providers: parts.providers,
    hooks: compileHooks(sources, host.faults),
    faults: host.faults,
    ioOf(provider: ProviderAdapter, signal: AbortSignal, way: FetchWay) {
      const io = ioByPlugin.get(parts.pluginOf(provider.id) ?? '');
      if (io === undefined) throw new TypeError(`Provider ${provider.id} is not of this registry.`);
      return io(signal, way);
    },
    close: () => host.close(),
  });
}

/** Starts plugins, gives each its part of the gateway, and ends what they have opened. */
class PluginHosting {
  readonly faults: PluginFaults;
  readonly #loading: PluginLoading;
  readonly #ways = new FetchWays();
  readonly #ended = new AbortController();
  readonly #closers: { readonly plugin: string; readonly close: () => unknown }[] = [];

  constructor(loading: PluginLoading) {
    this.#loading = loading;
    this.faults = new PluginFaults(loading.logger);
  }

  /** @throws PluginLoadError */
  async start(plugin: ConfiguredPlugin): Promise<StartedPlugin> {
    const { name } = plugin;
    if (!isSupportedKit(plugin.kit)) throw new PluginLoadError(name, unsupportedKit(plugin.kit));
    const missing = plugin.needs.filter((feature) => this.#loading.features?.has(feature) !== true);
    if (missing.length > 0) throw new PluginLoadError(name, `it needs ${missing.join(', ')}, which this gateway does not offer.`);
    const log = pluginLog(this.#loading.logger.child({ plugin: name }));
    const cache = new PluginCache(this.#loading.clock ?? systemClock);
    const io = (signal: AbortSignal, way: FetchWay): PluginIo =>
      pluginIo({ fetch: this.#ways.fetchBy(way), cache, log, signal, ended: this.#ended.signal });
    const host: PluginHost = {
      features: this.#loading.features ?? new Set(),
      log,
      // What a plugin does by itself goes where its operator has it go.
      io: io(this.#ended.signal, { allowPrivate: true }),
      onClose: (close) => void this.#closers.push({ plugin: name, close }),
    };
    return { name, parts: await this.#setUp(plugin, host), io };
  }

  async close(): Promise<void> {
    this.#ended.abort();
    for (const { plugin, close } of this.#closers.splice(0).reverse()) {
      try {
        await withinTime(Promise.resolve(close()), closeTimeoutMs);
      } catch (error) {
        this.faults.record(plugin, 'onClose', error);
      }
    }
    await this.#ways.close();
  }

  async #setUp(plugin: ConfiguredPlugin, host: PluginHost): Promise<PluginParts> {
    try {
      const parts: unknown = await withinTime(plugin.start(host), this.#loading.setUpTimeoutMs ?? setUpTimeoutMs);
      if (typeof parts !== 'object' || parts === null) throw new TypeError('setup returned no parts.');
      return parts;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PluginLoadError(plugin.name, DefinitionError.isInstance(error) ? reason : `its set-up fails: ${reason}`, error);
    }
  }
}
