export * from './channel-loads.js';
export * from './channel-selection.js';
export * from './conversation.js';
export type { SelectedConversation } from './conversation-draw.js';
export * from './conversation-places.js';
export * from './hedging.js';
export * from './key-turns.js';
export * from './routing-settings.js';
export * from './routing-trace.js';
