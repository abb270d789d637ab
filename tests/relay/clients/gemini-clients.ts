import { GoogleGenAI } from '@google/genai';
import { type FunctionDeclarationSchema, GoogleGenerativeAI } from '@google/generative-ai';
import type { Fixture } from '../../replay/fixtures.js';
import type { GeminiMessage } from '../../replay/vendor-shapes.js';
import { wireResponseOf } from '../../replay/wire.js';
import { type Client, type Observed, type Place, question } from './client.js';

const stopWords = {
  end: ['STOP'],
  tool: ['STOP'],
  length: ['MAX_TOKENS'],
  filter: ['SAFETY'],
};

/** The vendor's libraries refuse a stream whose last frame no blank line ends; such a recording passes through as it is. */
function endsItsLastFrame(fixture: Fixture): boolean {
  const { dialect, stream } = fixture;
  return dialect !== 'gemini' || !stream || /\r?\n\r?\n$/.test(wireResponseOf(fixture).body.subarray(-4).toString('latin1'));
}

/** The first of the vendor's libraries, on `/v1beta`. */
export function generativeAiClient({ url, key }: Place): Client {
  const google = new GoogleGenerativeAI(key);
  return {
    title: '@google/generative-ai',
    dialect: 'gemini',
    stopWords,
    accepts: endsItsLastFrame,
    async ask(name, stream) {
      const tool = { ...question.tool, parameters: question.tool.parameters as unknown as FunctionDeclarationSchema };
      const model = google.getGenerativeModel(
        {
          model: name,
          systemInstruction: question.system,
          tools: [{ functionDeclarations: [tool] }],
          generationConfig: { maxOutputTokens: question.outputTokensMax },
        },
        { baseUrl: url, apiVersion: 'v1beta' },
      );
      if (!stream) return observed([(await model.generateContent(question.user)).response]);
      const chunks: GeminiMessage[] = [];
      const answer = await model.generateContentStream(question.user);
      // The same failure comes out of both halves.
      answer.response.catch(() => undefined);
      for await (const chunk of answer.stream) chunks.push(chunk);
      return observed(chunks);
    },
  };
}

/** The newer library. */
export function genAiClient({ url, key }: Place): Client {
  const google = new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url } });
  const config = {
    systemInstruction: question.system,
    maxOutputTokens: question.outputTokensMax,
    tools: [
      {
        functionDeclarations: [
          { name: question.tool.name, description: question.tool.description, parametersJsonSchema: question.tool.parameters },
        ],
      },
    ],
  };
  return {
    title: '@google/genai',
    dialect: 'gemini',
    stopWords,
    accepts: endsItsLastFrame,
    async ask(model, stream) {
      const request = { model, contents: question.user, config };
      if (!stream) return observed([await google.models.generateContent(request)]);
      const chunks: GeminiMessage[] = [];
      for await (const chunk of await google.models.generateContentStream(request)) chunks.push(chunk);
      return observed(chunks);
    },
  };
}

/** Plain HTTP on `/v1/models/…`, as the newest libraries call it. */
export function rawGeminiClient({ url, key }: Place): Client {
  const body = JSON.stringify({
    systemInstruction: { parts: [{ text: question.system }] },
    contents: [{ role: 'user', parts: [{ text: question.user }] }],
    tools: [{ functionDeclarations: [question.tool] }],
    generationConfig: { maxOutputTokens: question.outputTokensMax },
  });
  return {
    title: 'plain HTTP on /v1/models/{model}:…',
    dialect: 'gemini',
    stopWords,
    async ask(model, stream) {
      const action = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
      const response = await fetch(`${url}/v1/models/${model}:${action}`, {
        method: 'POST',
        headers: { 'x-goog-api-key': key, 'content-type': 'application/json' },
        body,
      });
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${response.status} ${text}`);
      return observed((stream ? dataLines(text) : [text]).map((json) => JSON.parse(json) as GeminiMessage));
    },
  };
}

function dataLines(text: string): readonly string[] {
  return text.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5)] : []));
}

function observed(chunks: readonly GeminiMessage[]): Observed {
  const candidates = chunks.flatMap((chunk) => chunk.candidates?.[0] ?? []);
  const parts = candidates.flatMap((candidate) => candidate.content?.parts ?? []);
  const usage = chunks.findLast((chunk) => chunk.usageMetadata !== undefined)?.usageMetadata;
  return {
    text: parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
    thinking: parts.map((part) => (part.thought === true ? (part.text ?? '') : '')).join(''),
    toolCalls: parts.flatMap(({ functionCall }) =>
      functionCall === undefined ? [] : [{ name: functionCall.name ?? '', arguments: functionCall.args ?? {} }],
    ),
    stop: candidates.findLast((candidate) => candidate.finishReason !== undefined)?.finishReason,
    usage: usage && {
      input: (usage.promptTokenCount ?? 0) + (usage.toolUsePromptTokenCount ?? 0),
      cacheRead: usage.cachedContentTokenCount ?? 0,
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
    },
  };
}
