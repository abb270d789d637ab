import { definePlugin } from '@tollgate/plugin-kit';
import { AccessTokens } from './access-tokens.js';
import { embeddingsByPredict } from './embeddings-by-predict.js';
import { vertexCountTokens } from './gemini-count-tokens.js';
import { vertexProvider } from './provider.js';

export { AccessTokens, embeddingsByPredict, vertexCountTokens, vertexProvider };

/** Google Vertex AI, as a provider. */
export default definePlugin({
  name: '@tollgate/adapter-vertex',
  kit: '1.0',
  setup: () => ({ providers: [vertexProvider(new AccessTokens())] }),
});
