export * from './spend-cap.js';
export * from './spend-calendar.js';
export * from './spending-errors.js';
export * from './spending-settings.js';
