export * from './channel-spending.js';
export * from './spend-calendar.js';
export * from './spend-cap.js';
export * from './spending-errors.js';
export * from './spending-settings.js';
