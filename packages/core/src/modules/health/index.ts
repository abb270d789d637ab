export * from './always-healthy.js';
export * from './health.js';
