import type { Dialect, PluginParts, ProviderAdapter } from '@tollgate/plugin-kit';
import { defineProvider } from '@tollgate/plugin-kit';
import { deepFreeze } from './deep-freeze.js';
import { dialectProblem, providerProblem } from './part-shape.js';
import { PluginLoadError } from './plugin-errors.js';

/** Collects the parts of all plugins and refuses what does not fit together. */
export class PartRegistry {
  readonly dialects = new Map<string, Dialect>();
  readonly providers = new Map<string, ProviderAdapter>();
  /** Which plugin brought a dialect, provider or path. */
  readonly #owners = new Map<string, string>();

  /** @throws PluginLoadError */
  add(plugin: string, parts: PluginParts): void {
    refuseUnknownParts(plugin, parts);
    for (const dialect of parts.dialects ?? []) this.#addDialect(plugin, dialect);
    for (const provider of parts.providers ?? []) this.#addProvider(plugin, provider);
  }

  /** The plugin that brought a provider. */
  pluginOf(provider: string): string | undefined {
    return this.#owners.get(`provider ${provider}`);
  }

  #addDialect(plugin: string, dialect: Dialect): void {
    const problem = dialectProblem(dialect);
    if (problem !== undefined) throw new PluginLoadError(plugin, `its dialect ${dialect?.id ?? ''} is incomplete: ${problem}.`);
    if (this.dialects.get(dialect.id) === dialect) return;
    this.#own(plugin, `dialect ${dialect.id}`);
    for (const { path } of dialect.client?.routes ?? []) this.#own(plugin, `path ${path}`);
    for (const { method, path, withQuery } of dialect.client?.resources ?? [])
      this.#own(plugin, `path ${method} ${path}${withQuery === undefined ? '' : ` with ${withQuery}`}`);
    if (dialect.client?.models !== undefined && dialect.client.models.recognises === undefined)
      for (const path of dialect.client.models.listPaths) this.#own(plugin, `default model list at ${path}`);
    this.dialects.set(dialect.id, deepFreeze(dialect));
  }

  #addProvider(plugin: string, provider: ProviderAdapter): void {
    const problem = providerProblem(provider);
    if (problem !== undefined) throw new PluginLoadError(plugin, `its provider ${provider?.id ?? ''} is incomplete: ${problem}.`);
    try {
      defineProvider(provider);
    } catch (error) {
      throw new PluginLoadError(plugin, error instanceof Error ? error.message : String(error), error);
    }
    this.#own(plugin, `provider ${provider.id}`);
    for (const { dialect } of provider.speaks) this.#addSpoken(plugin, dialect);
    this.providers.set(provider.id, deepFreeze(provider));
  }

  /** A dialect that a provider brings along. Another copy of a known one (a package installed twice) adds nothing. */
  #addSpoken(plugin: string, dialect: Dialect): void {
    if (this.dialects.get(dialect.id)?.wire !== dialect.wire) this.#addDialect(plugin, dialect);
  }

  #own(plugin: string, thing: string): void {
    const owner = this.#owners.get(thing);
    if (owner !== undefined) throw new PluginLoadError(plugin, `the ${thing} is already there, from ${owner}. Leave one of the two out.`);
    this.#owners.set(thing, plugin);
  }
}

/** Parts of the contract that this version has no use for: whoever lists them would wait for money or results that never come. */
function refuseUnknownParts(plugin: string, { payments = [], tasks = [] }: PluginParts): void {
  const parts = [...payments.map(({ id }) => `payment ${id}`), ...tasks.map(({ id }) => `task ${id}`)];
  if (parts.length === 0) return;
  const words = `it brings ${parts.join(', ')}, and this version of the gateway runs neither payments nor tasks yet.`;
  throw new PluginLoadError(plugin, `${words} Take it out of the configuration until it does.`);
}
