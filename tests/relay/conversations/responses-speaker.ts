import OpenAI from 'openai';
import { opening, type Place, type Speaker, tool } from './speaker.js';

export function responsesSpeaker({ url, key }: Place): Speaker {
  const client = new OpenAI({ apiKey: key, baseURL: `${url}/v1`, maxRetries: 0 });
  const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: opening }];
  return {
    async ask(model, stream) {
      const request = {
        model,
        input,
        store: false,
        include: ['reasoning.encrypted_content' as const],
        reasoning: { effort: 'low' as const },
        tools: [{ type: 'function' as const, ...tool, parameters: { ...tool.parameters }, strict: false }],
      };
      const { output } = stream ? await client.responses.stream(request).finalResponse() : await client.responses.create(request);
      // Sent back as they came, without what only the library added.
      input.push(...(output as OpenAI.Responses.ResponseInputItem[]));
      return {
        text: output
          .flatMap((item) => (item.type === 'message' ? item.content : []))
          .map((part) => ('text' in part ? part.text : ''))
          .join(''),
        calls: output.flatMap((item) =>
          item.type === 'function_call' ? [{ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) as unknown }] : [],
        ),
      };
    },
    giveResults(results) {
      input.push(...results.map(({ call, text }) => ({ type: 'function_call_output' as const, call_id: call.id, output: text })));
    },
  };
}
