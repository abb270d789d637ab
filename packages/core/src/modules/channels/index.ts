export * from './channel.js';
export * from './channel-config.js';
export * from './channel-directory.js';
export { openConfig, sealConfig } from './channel-secrets.js';
export type { OfferedModel } from './channel-snapshot.js';
export { insertChannel, readChannels, type StoredChannel, updateChannel } from './channel-store.js';
