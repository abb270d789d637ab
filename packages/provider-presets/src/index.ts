import { definePlugin, type Plugin } from '@tollgate/plugin-kit';
import { presetProvider } from './preset-provider.js';
import { presets } from './presets/index.js';

export type { HabitName } from './habits/index.js';
export type { ModelListing, Preset, PresetBalance, PresetField, PresetSpeech, RefusalHint } from './preset.js';
export { type PresetProvider, presetProvider } from './preset-provider.js';
export { presetGroups, presets } from './presets/index.js';

/** Places that speak as others do, each a provider of its own id. */
const plugin: Plugin = definePlugin({
  name: '@tollgate/provider-presets',
  kit: '1.0',
  setup: () => ({ providers: presets.map(presetProvider) }),
});

export default plugin;
