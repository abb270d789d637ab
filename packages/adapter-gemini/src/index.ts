import { definePlugin, type Plugin } from '@tollgate/plugin-kit';
import { geminiCachedContents } from './gemini/cached-contents.js';
import { geminiCountTokens } from './gemini/count-tokens.js';
import { geminiDialect } from './gemini/dialect.js';
import { geminiBatchEmbedContents, geminiEmbedContent } from './gemini/embeddings.js';
import { geminiProvider } from './provider.js';

export { geminiBatchEmbedContents, geminiCachedContents, geminiCountTokens, geminiDialect, geminiEmbedContent, geminiProvider };

/** The Gemini API: its wire language toward clients and upstreams, and the vendor as a provider. */
const plugin: Plugin = definePlugin({
  name: '@tollgate/adapter-gemini',
  kit: '1.0',
  setup: () => ({
    dialects: [geminiDialect, geminiCountTokens, geminiEmbedContent, geminiBatchEmbedContents, geminiCachedContents],
    providers: [geminiProvider],
  }),
});

export default plugin;
