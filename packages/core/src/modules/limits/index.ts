export * from './check-principal.js';
export * from './limits-errors.js';
