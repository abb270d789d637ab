import type { Logger } from '../foundation/logger.js';

/** Where the failures of plugins are told and counted once a plugin is loaded; none of them ends the process. */
export class PluginFaults {
  readonly #logger: Logger;
  readonly #counts = new Map<string, number>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  record(plugin: string, place: string, error: unknown): void {
    this.#counts.set(plugin, (this.#counts.get(plugin) ?? 0) + 1);
    this.#logger.warn({ plugin, place, err: error }, `The plugin ${plugin} failed in ${place}.`);
  }

  /** Faults by plugin since the start. */
  counts(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }
}
