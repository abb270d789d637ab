import { type Content, GoogleGenAI, type Part } from '@google/genai';
import { opening, type Place, type Speaker, tool } from './speaker.js';

export function geminiSpeaker({ url, key }: Place): Speaker {
  const client = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const contents: Content[] = [{ role: 'user', parts: [{ text: opening }] }];
  return {
    async ask(model, stream) {
      const request = {
        model,
        contents,
        config: {
          thinkingConfig: { includeThoughts: true },
          tools: [{ functionDeclarations: [{ name: tool.name, description: tool.description, parametersJsonSchema: tool.parameters }] }],
        },
      };
      const parts: Part[] = [];
      if (stream) {
        for await (const chunk of await client.models.generateContentStream(request))
          parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      } else parts.push(...((await client.models.generateContent(request)).candidates?.[0]?.content?.parts ?? []));
      contents.push({ role: 'model', parts });
      return {
        text: parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
        calls: parts.flatMap(({ functionCall }) =>
          functionCall === undefined ? [] : [{ id: functionCall.id ?? '', name: functionCall.name ?? '', arguments: functionCall.args }],
        ),
      };
    },
    giveResults(results) {
      const parts = results.map(({ call, text }) => ({
        functionResponse: { ...(call.id === '' ? {} : { id: call.id }), name: call.name, response: { result: text } },
      }));
      contents.push({ role: 'user', parts });
    },
  };
}
