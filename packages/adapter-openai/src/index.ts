import { definePlugin } from '@tollgate/plugin-kit';
import { azureOpenai } from './azure.js';
import { openaiChat } from './chat/dialect.js';
import { openaiChatThinkTags } from './chat/think-tags.js';
import { openaiCompletions } from './completions/dialect.js';
import { openaiEmbeddings } from './embeddings/dialect.js';
import { openai, openaiCompatible } from './provider.js';
import { openaiCompact } from './responses/compact.js';
import { openaiResponses } from './responses/dialect.js';
import { openaiInputTokens } from './responses/input-tokens.js';

export {
  azureOpenai,
  openai,
  openaiChat,
  openaiChatThinkTags,
  openaiCompact,
  openaiCompatible,
  openaiCompletions,
  openaiEmbeddings,
  openaiInputTokens,
  openaiResponses,
};

export default definePlugin({
  name: '@tollgate/adapter-openai',
  kit: '1.0',
  setup: () => ({
    dialects: [openaiChat, openaiResponses, openaiCompletions, openaiEmbeddings, openaiInputTokens, openaiCompact],
    providers: [openai, openaiCompatible, azureOpenai],
  }),
});
