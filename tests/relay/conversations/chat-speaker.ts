import OpenAI from 'openai';
import { opening, type Place, type SeenCall, type Speaker, tool } from './speaker.js';

/** A message with the fields in which compatible servers and their clients keep reasoning. */
interface Message {
  role: 'assistant';
  content: string | null;
  reasoning_content?: string;
  reasoning_details?: unknown[];
  tool_calls?: { id: string; type: 'function'; function: { name: string; arguments: string }; extra_content?: unknown }[];
}

/** Joins deltas as agents do that send reasoning back: texts are appended, details collected, what else a call has is kept. */
function join(message: Message, delta: Partial<Message>): void {
  message.content = `${message.content ?? ''}${delta.content ?? ''}`;
  if (delta.reasoning_content !== undefined) message.reasoning_content = `${message.reasoning_content ?? ''}${delta.reasoning_content}`;
  if (delta.reasoning_details !== undefined) message.reasoning_details = [...(message.reasoning_details ?? []), ...delta.reasoning_details];
  for (const part of (delta.tool_calls ?? []) as ({ index: number } & Partial<NonNullable<Message['tool_calls']>[number]>)[]) {
    message.tool_calls ??= [];
    const { index, function: called, ...rest } = part;
    const call = (message.tool_calls[index] ??= { id: '', type: 'function', function: { name: '', arguments: '' } });
    Object.assign(call, rest);
    call.function.name += called?.name ?? '';
    call.function.arguments += called?.arguments ?? '';
  }
}

export function chatSpeaker({ url, key }: Place): Speaker {
  const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
  const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: 'user', content: opening }];
  return {
    async ask(model, stream) {
      const request = {
        model,
        messages,
        reasoning_effort: 'low' as const,
        tools: [{ type: 'function' as const, function: { ...tool, parameters: { ...tool.parameters } } }],
      };
      let message: Message = { role: 'assistant', content: null };
      if (stream) {
        for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
          join(message, (chunk.choices[0]?.delta ?? {}) as Partial<Message>);
        }
      } else message = (await client.chat.completions.create(request)).choices[0]?.message as Message;
      messages.push(message);
      return {
        text: message.content ?? '',
        calls: (message.tool_calls ?? []).map(
          ({ id, function: called }): SeenCall => ({ id, name: called.name, arguments: JSON.parse(called.arguments) as unknown }),
        ),
      };
    },
    giveResults(results) {
      messages.push(...results.map(({ call, text }) => ({ role: 'tool' as const, tool_call_id: call.id, content: text })));
    },
  };
}
