export * from './audit-event.js';
export { readAuditEvents } from './audit-store.js';
export * from './change-author.js';
export * from './configuration-editor.js';
export * from './facts.js';
export * from './planned-step.js';
export * from './write-changes.js';
