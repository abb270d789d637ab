export * from './always-healthy.js';
export * from './circuit-record.js';
export { keepHealthOf, readHealthRevision, readShut, resetHealth } from './circuit-store.js';
export * from './health.js';
export * from './health-book.js';
export * from './health-settings.js';
