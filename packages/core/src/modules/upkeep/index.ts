export * from './channel-finding-store.js';
export * from './channel-test.js';
export * from './channel-test-settings.js';
export * from './channel-tests.js';
export * from './upkeep-errors.js';
