import { definePlugin } from '@tollgate/plugin-kit';
import { claudeCountTokens } from './claude-messages/count-tokens.js';
import { claudeMessages } from './claude-messages/dialect.js';
import { claude } from './provider.js';

export { claude, claudeCountTokens, claudeMessages };

/** The plugin: Claude's language, and the place that invented it. */
export default definePlugin({
  name: '@tollgate/adapter-claude',
  kit: '1.0',
  setup: () => ({ dialects: [claudeMessages, claudeCountTokens], providers: [claude] }),
});
