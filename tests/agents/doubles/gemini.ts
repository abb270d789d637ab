import type { ServerResponse } from 'node:http';
import { upstreamKey } from '../../support/apply-document.js';
import { sendJson } from '../../replay/scripted-upstream.js';
import { demand, readStrictly } from './complaint.js';
import type { Answer, Conversation, JsonObject, Memory, OfferedTool, PastCall, VendorDouble } from './exchange.js';
import { geminiBody, type GeminiBody, type GeminiPart } from './gemini-body.js';
import { beginStream, piecesOf, randomId, randomSeal, writeData } from './sse.js';

const model = 'gemini-3-pro-preview';

/** What the vendor documents for calls that it did not make itself. */
const standIn = 'skip_thought_signature_validator';

export const geminiDouble: VendorDouble = {
  dialect: 'gemini',
  model,
  channel: (url) => ({ provider: 'gemini', config: { baseUrl: url, apiKey: upstreamKey } }),
  read: (request, memory): Conversation => {
    const isKnown = [`/v1beta/models/${model}:streamGenerateContent?alt=sse`, `/v1beta/models/${model}:generateContent`].includes(
      request.path,
    );
    demand(isKnown, `There is no ${request.path}.`);
    demand(request.headers['x-goog-api-key'] === upstreamKey, 'The key is wrong.');
    const { contents, tools = [], generationConfig } = readStrictly(geminiBody, request.body);
    const declared = tools.flatMap((tool) => tool.functionDeclarations);
    for (const { name, parameters } of declared) checkRequired(parameters, name);
    return {
      tools: declared.map(
        ({ name, parameters, parametersJsonSchema }): OfferedTool => ({
          name,
          parameters: parameters ?? parametersJsonSchema ?? {},
          freeform: false,
        }),
      ),
      calls: pastCalls(contents, memory),
      // It thinks in any case; who says how is one who wants it, whether or not the thoughts shall be shown.
      wantsThinking: generationConfig?.thinkingConfig !== undefined && generationConfig.thinkingConfig.thinkingBudget !== 0,
    };
  },
  write: (answer, request, memory, response) => {
    if (request.path.includes(':stream')) writeStream(answer, memory, response);
    else sendJson(response, 200, frameOf(partsOf(answer, memory), answer, 'STOP'));
  },
  refuse: (message, status, response) =>
    sendJson(response, status, { error: { code: status, message, status: status === 400 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE' } }),
};

/** The service names properties that are required and not there. */
function checkRequired(schema: unknown, place: string): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { required = [], properties = {}, items } = schema as { required?: string[]; properties?: JsonObject; items?: unknown };
  for (const name of required) demand(Object.hasOwn(properties, name), `${place}.required: property "${name}" is not defined`);
  for (const [name, inner] of Object.entries(properties)) checkRequired(inner, `${place}.${name}`);
  checkRequired(items, `${place}.items`);
}

type Content = GeminiBody['contents'][number];

/** As many responses as calls, in the turn that follows them. */
function pastCalls(contents: readonly Content[], memory: Memory): readonly PastCall[] {
  demand(contents[0]?.role !== 'model', 'Please ensure that the first turn is a user turn.');
  return contents.flatMap((content, index) => {
    content.parts.forEach((part, place) => checkPart(part, `contents[${index}].parts[${place}]`, memory));
    const calls = content.parts.filter((part) => part.functionCall !== undefined);
    const answered = (contents[index - 1]?.parts ?? []).filter((part) => part.functionCall !== undefined).length;
    const given = content.parts.filter((part) => part.functionResponse !== undefined).length;
    demand(answered === given, `contents[${index}]: the number of function response parts must equal the number of function call parts.`);
    if (calls.length === 0) return [];
    demand(content.role === 'model', `contents[${index}]: a function call turn is of the model's.`);
    demand(
      calls[0]?.thoughtSignature !== undefined,
      `contents[${index}]: Function call is missing a thought_signature in functionCall parts.`,
    );
    const results = (contents[index + 1]?.parts ?? []).flatMap(({ functionResponse }) => functionResponse ?? []);
    return calls.flatMap(({ functionCall }, nth): readonly PastCall[] => {
      const { id = '', name, args = {} } = functionCall ?? { name: '' };
      const result = results[nth];
      demand(result?.name === name && (result.id ?? '') === id, `contents[${index + 1}]: response ${nth} is not that of ${name} ${id}.`);
      return [{ id, name, input: args, result: JSON.stringify(result.response) }];
    });
  });
}

function checkPart(part: GeminiPart, place: string, memory: Memory): void {
  const kinds = [part.text, part.inlineData, part.functionCall, part.functionResponse].filter((kind) => kind !== undefined);
  demand(kinds.length === 1, `${place}: required oneof field 'data' must have one initialized field`);
  const { thoughtSignature: seal } = part;
  if (seal === undefined || seal === standIn) return;
  demand(memory.seals.has(seal) || memory.looseSeals.has(seal), `${place}: Thought signature is not valid: ${seal}`);
  if (memory.seals.has(seal)) memory.sealsReturned.add(seal);
}

/** Thoughts are a summary that nobody needs back; the call carries the seal. */
function partsOf(answer: Answer, memory: Memory): readonly GeminiPart[] {
  const { call, text, thinking } = answer;
  const id = randomId('');
  const seal = randomSeal();
  if (call === undefined) memory.looseSeals.add(seal);
  memory.remember(id, answer, seal);
  const said = piecesOf(text).map((piece): GeminiPart => ({ text: piece }));
  return [
    ...(thinking === undefined ? [] : [{ text: thinking, thought: true }]),
    ...said,
    call === undefined
      ? { text: '', thoughtSignature: seal }
      : { functionCall: { name: call.name, args: call.input as Record<string, unknown>, id }, thoughtSignature: seal },
  ];
}

/** Thoughts are no part of the candidates' tokens. */
function frameOf(parts: readonly GeminiPart[], { usage }: Answer, finishReason?: string): object {
  return {
    candidates: [{ content: { parts, role: 'model' }, ...(finishReason === undefined ? {} : { finishReason }), index: 0 }],
    usageMetadata: {
      promptTokenCount: usage.input,
      cachedContentTokenCount: usage.cacheRead,
      candidatesTokenCount: usage.output - usage.reasoning,
      thoughtsTokenCount: usage.reasoning,
      totalTokenCount: usage.input + usage.output,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
    },
    modelVersion: model,
    responseId: 'double',
  };
}

function writeStream(answer: Answer, memory: Memory, response: ServerResponse): void {
  const parts = partsOf(answer, memory);
  beginStream(response);
  parts.forEach((part, index) => writeData(response, frameOf([part], answer, index === parts.length - 1 ? 'STOP' : undefined), '\r\n'));
  response.end();
}
