export * from './usage.js';
export * from './usage-record-row.js';
export * from './usage-report-store.js';
export * from './usage-hour.js';
export * from './sqlite-usage-hours-store.js';
export * from './answered-calls-store.js';
