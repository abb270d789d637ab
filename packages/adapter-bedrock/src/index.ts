import { definePlugin } from '@tollgate/plugin-kit';
import { claudeByInvoke } from './claude-by-invoke.js';
import { converseCountTokens } from './converse/count-tokens.js';
import { converse } from './converse/dialect.js';
import { bedrock } from './provider.js';

export { bedrock, claudeByInvoke, converse, converseCountTokens };

/** AWS Bedrock, as a provider. */
export default definePlugin({
  name: '@tollgate/adapter-bedrock',
  kit: '1.0',
  setup: () => ({ providers: [bedrock] }),
});
