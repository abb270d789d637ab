import { claudeCountTokens, claudeMessages } from '@tollgate/adapter-claude';
import { cohereChat, cohereEmbed } from '@tollgate/adapter-cohere';
import { geminiBatchEmbedContents, geminiCountTokens, geminiDialect, geminiEmbedContent } from '@tollgate/adapter-gemini';
import {
  openaiChat,
  openaiChatThinkTags,
  openaiCompletions,
  openaiEmbeddings,
  openaiInputTokens,
  openaiResponses,
} from '@tollgate/adapter-openai';
import { rerank } from '@tollgate/adapter-rerank';
import type { Dialect } from '@tollgate/plugin-kit';

/** The languages that presets are declared in. */
export const spokenDialects = {
  'openai-chat': openaiChat,
  'openai-chat-think-tags': openaiChatThinkTags,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  'openai-input-tokens': openaiInputTokens,
  'openai-embeddings': openaiEmbeddings,
  'claude-messages': claudeMessages,
  'claude-count-tokens': claudeCountTokens,
  gemini: geminiDialect,
  'gemini-count-tokens': geminiCountTokens,
  'gemini-embed-content': geminiEmbedContent,
  'gemini-batch-embed-contents': geminiBatchEmbedContents,
  'cohere-v2-chat': cohereChat,
  'cohere-v2-embed': cohereEmbed,
  rerank,
} as const satisfies Readonly<Record<string, Dialect>>;

export type SpokenName = keyof typeof spokenDialects;

export type Family = 'openai' | 'claude' | 'gemini';

/** Whose ways of authentication and addressing a language follows. */
export function familyOf(name: SpokenName): Family {
  if (name.startsWith('claude-')) return 'claude';
  return name.startsWith('gemini') ? 'gemini' : 'openai';
}
