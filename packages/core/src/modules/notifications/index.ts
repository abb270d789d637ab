export * from './health-notices.js';
export * from './notification-settings.js';
