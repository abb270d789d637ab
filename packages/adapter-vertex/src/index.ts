import { definePlugin } from '@tollgate/plugin-kit';
import { AccessTokens } from './access-tokens.js';
import { vertexProvider } from './provider.js';

export { AccessTokens, vertexProvider };

/** Google Vertex AI, as a provider. */
export default definePlugin({
  name: '@tollgate/adapter-vertex',
  kit: '1.0',
  setup: (_options, { io }) => ({ providers: [vertexProvider(new AccessTokens(io))] }),
});
