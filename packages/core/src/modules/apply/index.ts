export type { Change, ChangeAction, ChangeKind } from '../changes/index.js';
export type { ApplyContext } from './apply-context.js';
export * from './apply-errors.js';
export { type ApplyFile, parseApplyFile } from './apply-file.js';
export { applyJsonSchema } from './apply-schema.js';
export * from './execute-apply.js';
export { type ApplyPlan, planApply } from './plan-apply.js';
export type { NewTokenKey } from './plan-tokens.js';
export * from './present-apply.js';
