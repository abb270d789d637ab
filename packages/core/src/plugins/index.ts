export type { HookPipeline, SettledCall } from './hook-pipeline.js';
export { loadPlugins } from './load-plugins.js';
export type { PluginLoading, PluginRegistry } from './load-plugins.js';
export type { PluginEntry } from './plugin-entry.js';
export { PluginFaultError, PluginLoadError } from './plugin-errors.js';
export type { PluginFaults } from './plugin-faults.js';
