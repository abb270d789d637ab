export * from './gateway-metrics.js';
