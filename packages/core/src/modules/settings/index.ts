export { bumpRevision } from '../../cluster/configuration-revision.js';
export { checkMasterSecret, databaseMark } from './master-secret-check.js';
export * from './setting-steps.js';
export { checkSetting } from './setting-value.js';
export * from './settings.js';
export * from './settings-definition.js';
export * from './settings-errors.js';
export * from './settings-section.js';
