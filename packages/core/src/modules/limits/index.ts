export * from './channel-limits.js';
export * from './check-principal.js';
export * from './limits.js';
export * from './limits-errors.js';
export * from './limits-settings.js';
export { LimitTicket } from './limit-ticket.js';
