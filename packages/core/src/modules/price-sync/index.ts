export * from './compare-prices.js';
export * from './price-facts.js';
export * from './price-fetcher.js';
export * from './price-quote.js';
export * from './price-sync.js';
export * from './price-sync-errors.js';
export * from './price-sync-jobs.js';
export * from './price-sync-settings.js';
export type { PriceSyncRun } from './price-sync-store.js';
