export * from './compile-rate.js';
export * from './cost.js';
export { decimalOf } from './decimal.js';
export * from './decimal-arithmetic.js';
export * from './model-price.js';
export * from './price-book.js';
export * from './pricing-errors.js';
export * from './pricing-settings.js';
export * from './rate.js';
