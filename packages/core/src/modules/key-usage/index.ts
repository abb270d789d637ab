export * from './key-usage.js';
export { keepKeyUsageOf, type KeyCounts } from './key-usage-store.js';
