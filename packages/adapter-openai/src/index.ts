import { definePlugin } from '@tollgate/plugin-kit';
import { openaiChat } from './chat/dialect.js';
import { openai, openaiCompatible } from './provider.js';
import { openaiResponses } from './responses/dialect.js';

export { openai, openaiChat, openaiCompatible, openaiResponses };

export default definePlugin({
  name: '@tollgate/adapter-openai',
  kit: '1.0',
  setup: () => ({ dialects: [openaiChat, openaiResponses], providers: [openai, openaiCompatible] }),
});
