export * from './candidate-list.js';
export * from './channel.js';
export * from './channel-batch.js';
export * from './channel-config.js';
export * from './channel-desk.js';
export * from './channel-filter.js';
export * from './channel-directory.js';
export * from './channel-entry.js';
export * from './channel-key.js';
export * from './channel-options.js';
export { comparableFilter } from './channel-search.js';
export { type ChannelHead, findChannelHeads, findChannelIds } from './channel-search-store.js';
export { openConfig, openOptions, sealConfig, statedSecrets } from './channel-secrets.js';
export {
  deleteChannel,
  insertChannel,
  lockChannel,
  readChannelNames,
  readChannels,
  type StoredChannel,
  updateChannel,
} from './channel-store.js';
export { ChannelTable, type OfferedModel } from './channel-table.js';
export * from './header-rules.js';
export * from './model-mapping.js';
export { openChannel } from './open-channel.js';
export * from './channel-steps.js';
export * from './channels-errors.js';
export * from './channel-group-errors.js';
export * from './channels-of-group.js';
export { secretsOf } from './untold-secrets.js';
