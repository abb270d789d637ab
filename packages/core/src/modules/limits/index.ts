export * from './check-principal.js';
export * from './limits.js';
export * from './limits-errors.js';
export * from './limits-settings.js';
export { type LimitLevels, LimitTicket } from './limit-ticket.js';
