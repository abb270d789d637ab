export * from './limit-rule.js';
