import { definePlugin } from '@tollgate/plugin-kit';
import { openaiChat } from './chat/dialect.js';
import { openai, openaiCompatible } from './provider.js';

export { openai, openaiChat, openaiCompatible };

export default definePlugin({
  name: '@tollgate/adapter-openai',
  kit: '1.0',
  setup: () => ({ dialects: [openaiChat], providers: [openai, openaiCompatible] }),
});
