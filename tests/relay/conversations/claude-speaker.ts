import Anthropic from '@anthropic-ai/sdk';
import { opening, type Place, type Speaker, tool } from './speaker.js';

export function claudeSpeaker({ url, key }: Place): Speaker {
  const client = new Anthropic({ apiKey: key, baseURL: url, maxRetries: 0 });
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: opening }];
  return {
    async ask(model, stream) {
      const request = {
        model,
        max_tokens: 4_000,
        thinking: { type: 'enabled' as const, budget_tokens: 2_000 },
        tools: [{ name: tool.name, description: tool.description, input_schema: { ...tool.parameters, required: ['city'] } }],
        messages,
      };
      const { content } = stream ? await client.messages.stream(request).finalMessage() : await client.messages.create(request);
      messages.push({ role: 'assistant', content });
      return {
        text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
        calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ id: block.id, name: block.name, arguments: block.input }] : [])),
      };
    },
    giveResults(results) {
      messages.push({
        role: 'user',
        content: results.map(({ call, text }) => ({ type: 'tool_result', tool_use_id: call.id, content: text })),
      });
    },
  };
}
