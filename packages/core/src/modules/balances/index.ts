export * from './key-balance.js';
export { keepKeyBalancesOf, readKeyBalances, writeKeyBalances } from './key-balance-store.js';
