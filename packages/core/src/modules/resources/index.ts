export * from './resource-directory.js';
export * from './resource-errors.js';
export * from './resource-expiry.js';
export * from './resource-settings.js';
export type { ResourceHome } from './resource-store.js';
