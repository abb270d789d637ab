export { defineConfig } from './configuration.js';
export type { Configuration, ConfigurationFile } from './configuration.js';
export { loadConfiguration } from './load-configuration.js';
export type { ConfigurationPlace } from './load-configuration.js';
