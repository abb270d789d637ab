import OpenAI from 'openai';
import type { ExpectedUsage } from '../../replay/expectations.js';
import { type Client, type Observed, parsedArguments, type Place, question } from './client.js';

const request = {
  messages: [
    { role: 'system' as const, content: question.system },
    { role: 'user' as const, content: question.user },
  ],
  tools: [{ type: 'function' as const, function: { ...question.tool, parameters: { ...question.tool.parameters } } }],
  max_completion_tokens: question.outputTokensMax,
};

export function openaiChatClient({ url, key }: Place): Client {
  const openai = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
  return {
    title: 'openai, chat completions',
    dialect: 'openai-chat',
    stopWords: { end: ['stop'], tool: ['tool_calls'], length: ['length'], filter: ['content_filter'] },
    async ask(model, stream) {
      if (!stream) {
        const completion = await openai.chat.completions.create({ ...request, model });
        return observed(completion, reasoningIn(completion.choices[0]?.message), completion.usage);
      }
      // The library's own accumulator is stricter than a loop over the chunks.
      const events = openai.chat.completions.stream({ ...request, model, stream_options: { include_usage: true } });
      let usage: OpenAI.CompletionUsage | null | undefined;
      let thinking = '';
      events.on('chunk', (chunk) => {
        usage = chunk.usage ?? usage;
        thinking += reasoningIn(chunk.choices[0]?.delta);
      });
      const completion = await events.finalChatCompletion();
      return observed(completion, thinking, usage);
    },
  };
}

/** Where compatible servers and their clients keep it; the library knows no such field. */
function reasoningIn(message: object | undefined): string {
  const reasoning: unknown = message !== undefined && 'reasoning_content' in message ? message.reasoning_content : undefined;
  return typeof reasoning === 'string' ? reasoning : '';
}

function observed(completion: OpenAI.ChatCompletion, thinking: string, usage: OpenAI.CompletionUsage | null | undefined): Observed {
  const [choice] = completion.choices;
  return {
    text: choice?.message.content ?? '',
    thinking,
    toolCalls: (choice?.message.tool_calls ?? []).map((call) =>
      call.type === 'function'
        ? { name: call.function.name, arguments: parsedArguments(call.function.arguments) }
        : { name: call.custom.name, arguments: call.custom.input },
    ),
    stop: choice?.finish_reason,
    usage: usage ? usageOf(usage) : undefined,
  };
}

function usageOf(usage: OpenAI.CompletionUsage): ExpectedUsage {
  return { input: usage.prompt_tokens, cacheRead: usage.prompt_tokens_details?.cached_tokens ?? 0, output: usage.completion_tokens };
}
