import type { PluginIo, PluginLog } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { SafeFetch } from '../foundation/safe-fetch.js';

const cacheEntriesMax = 10_000;

/** Texts with a lifetime, kept in memory; when it is full, the oldest entries go first. */
export class PluginCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly value: string; readonly expiresAt: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#clock.now()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: string, lifetimeMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: this.#clock.now() + lifetimeMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= cacheEntriesMax) return;
      this.#entries.delete(oldest);
    }
  }
}

export function pluginLog(logger: Logger): PluginLog {
  return {
    info: (message, data = {}) => logger.info({ data }, message),
    warn: (message, data = {}) => logger.warn({ data }, message),
  };
}

/** Network and storage of one plugin, ended by `signal`: that of the gateway for its set-up, that of a call for its part in it. */
export function pluginIo(parts: {
  fetch: SafeFetch;
  cache: PluginCache;
  log: PluginLog;
  signal: AbortSignal;
  /** Of the gateway: what outlives a call ends with it. */
  ended: AbortSignal;
}): PluginIo {
  const { fetch, cache, log, signal, ended } = parts;
  return {
    fetch: (request, { timeoutMs, outlivesCall } = {}) =>
      fetch.fetch(request, { ...(timeoutMs === undefined ? {} : { timeoutMs }), signal: outlivesCall === true ? ended : signal }),
    cache: { get: (key) => cache.get(key), set: (key, value, lifetimeMs) => cache.set(key, value, lifetimeMs) },
    signal,
    log,
  };
}
