export * from './address-list.js';
export * from './token.js';
export * from './token-directory.js';
export * from './token-key.js';
export { insertToken, readTokens, updateToken } from './token-store.js';
export * from './tokens-errors.js';
