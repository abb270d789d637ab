export * from './idempotency.js';
export * from './idempotency-errors.js';
export * from './idempotency-expiry.js';
export * from './idempotency-key.js';
export * from './key-claim.js';
