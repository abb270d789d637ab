export { CreationError, createPlugin, type PluginRequest } from './create-plugin.js';
export { type PluginKind, pluginKinds } from './plugin-kind.js';
