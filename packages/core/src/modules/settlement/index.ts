export * from './settlement.js';
export * from './settlement-settings.js';
