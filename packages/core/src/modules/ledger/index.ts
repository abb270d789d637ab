export * from './books-store.js';
export * from './ledger.js';
export * from './ledger-errors.js';
export * from './ledger-operation.js';
export * from './ledger-report-store.js';
export * from './ledger-settings.js';
export * from './ledger-writer.js';
export * from './open-executor.js';
