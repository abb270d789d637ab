import Anthropic from '@anthropic-ai/sdk';
import { type Client, type Observed, type Place, question } from './client.js';

const request = {
  system: question.system,
  messages: [{ role: 'user' as const, content: question.user }],
  tools: [
    {
      name: question.tool.name,
      description: question.tool.description,
      input_schema: { ...question.tool.parameters, required: [...question.tool.parameters.required] },
    },
  ],
  max_tokens: question.outputTokensMax,
};

export function claudeClient({ url, key }: Place): Client {
  const anthropic = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
  return {
    title: '@anthropic-ai/sdk',
    dialect: 'claude-messages',
    stopWords: { end: ['end_turn', 'stop_sequence'], tool: ['tool_use'], length: ['max_tokens'], filter: ['refusal'] },
    ask: async (model, stream) =>
      observed(
        stream
          ? await anthropic.messages.stream({ ...request, model }).finalMessage()
          : await anthropic.messages.create({ ...request, model }),
      ),
  };
}

function observed(message: Anthropic.Message): Observed {
  const cacheRead = message.usage.cache_read_input_tokens ?? 0;
  return {
    text: message.content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thinking: message.content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
    toolCalls: message.content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [])),
    stop: message.stop_reason ?? undefined,
    usage: {
      input: message.usage.input_tokens + cacheRead + (message.usage.cache_creation_input_tokens ?? 0),
      cacheRead,
      output: message.usage.output_tokens,
    },
  };
}
