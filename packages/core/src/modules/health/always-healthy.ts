import type { ChannelHealth } from './health.js';

/** For whoever has no history: everything may be used. */
export const alwaysHealthy: ChannelHealth = {
  channelBlocked: () => undefined,
  keyBlocked: () => undefined,
  worth: () => 1,
  beginProbe: () => true,
  report: () => undefined,
};
