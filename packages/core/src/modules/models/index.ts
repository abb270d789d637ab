export * from './model.js';
export * from './model-directory.js';
export { insertModel, readModels, updateModel } from './model-store.js';
