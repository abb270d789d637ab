import { definePlugin } from '@tollgate/plugin-kit';
import { claudeMessages } from './claude-messages/dialect.js';
import { claude } from './provider.js';

export { claude, claudeMessages };

/** The plugin: Claude's language, and the place that invented it. */
export default definePlugin({
  name: '@tollgate/adapter-claude',
  kit: '1.0',
  setup: () => ({ dialects: [claudeMessages], providers: [claude] }),
});
