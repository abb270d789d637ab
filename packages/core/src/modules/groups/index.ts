export * from './group.js';
export * from './group-directory.js';
export { deleteGroup, insertGroup, readGroups, updateGroup } from './group-store.js';
export * from './group-steps.js';
