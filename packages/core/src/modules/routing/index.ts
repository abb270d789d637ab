export * from './channel-loads.js';
export * from './channel-selection.js';
export * from './key-turns.js';
export * from './routing-settings.js';
export * from './routing-trace.js';
