export * from './access-errors.js';
export * from './access-token.js';
export * from './access-token-store.js';
export * from './caller.js';
export * from './permission.js';
