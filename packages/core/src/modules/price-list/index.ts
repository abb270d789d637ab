export * from './public-price-list.js';
