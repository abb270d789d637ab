import { definePlugin, type Plugin } from '@tollgate/plugin-kit';
import { geminiDialect } from './gemini/dialect.js';
import { geminiProvider } from './provider.js';

export { geminiDialect, geminiProvider };

/** The Gemini API: its wire language toward clients and upstreams, and the vendor as a provider. */
const plugin: Plugin = definePlugin({
  name: '@tollgate/adapter-gemini',
  kit: '1.0',
  setup: () => ({ dialects: [geminiDialect], providers: [geminiProvider] }),
});

export default plugin;
