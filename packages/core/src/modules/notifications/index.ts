export * from './health-notice.js';
export * from './health-notices.js';
export * from './notification-settings.js';
export * from './outage.js';
export * from './outage-watch.js';
