import { claudeClient } from './claude-client.js';
import type { Client, Place } from './client.js';
import { genAiClient, generativeAiClient, rawGeminiClient } from './gemini-clients.js';
import { openaiChatClient } from './openai-chat-client.js';
import { openaiResponsesClient, openaiResponsesStreamHelper } from './openai-responses-client.js';

/** Every library that is put to the test. */
export const clients: readonly ((place: Place) => Client)[] = [
  openaiChatClient,
  openaiResponsesClient,
  openaiResponsesStreamHelper,
  claudeClient,
  generativeAiClient,
  genAiClient,
  rawGeminiClient,
];
