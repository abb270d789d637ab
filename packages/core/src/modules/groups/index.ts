export * from './group.js';
export * from './group-directory.js';
export * from './group-entry.js';
export * from './group-steps.js';
export { deleteGroup, insertGroup, readGroups, updateGroup } from './group-store.js';
export * from './groups-errors.js';
export * from './groups-settings.js';
