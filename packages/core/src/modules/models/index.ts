export * from './model.js';
export * from './model-directory.js';
export { insertModel, readModels, updateModel } from './model-store.js';
export * from './models-errors.js';
export * from './unpriced-models.js';
export * from './model-steps.js';
