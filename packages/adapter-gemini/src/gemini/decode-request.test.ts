import { BadRequestError, type CanonicalRequest, type JsonObject, wrapSeal } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';

const facts = { model: 'gemini-2.5-flash', stream: false };
const hello = [{ role: 'user', parts: [{ text: 'Hi' }] }];

function decode(body: JsonObject, context = testContext()): CanonicalRequest {
  return decodeRequest({ contents: hello, ...body }, facts, context);
}

function refusal(body: JsonObject): { field: string | undefined; message: string } {
  try {
    decode(body);
  } catch (error) {
    if (BadRequestError.isInstance(error)) return { field: error.field, message: error.message };
    throw error;
  }
  throw new Error('Nothing was refused.');
}

describe('request from a client', () => {
  it('reads roles, and takes a missing one for the user', () => {
    const contents = [{ parts: [{ text: 'a' }] }, { role: 'model', parts: [{ text: 'b' }] }, { role: 'user', parts: [{ text: 'c' }] }];
    expect(decode({ contents }).turns).toEqual([
      { role: 'user', blocks: [{ type: 'text', text: 'a' }] },
      { role: 'assistant', blocks: [{ type: 'text', text: 'b' }] },
      { role: 'user', blocks: [{ type: 'text', text: 'c' }] },
    ]);
  });

  it.each([
    ['a text', 'Be kind.'],
    ['a part', { text: 'Be kind.' }],
    ['a content', { role: 'user', parts: [{ text: 'Be kind.' }] }],
  ])('reads instructions given as %s, in either spelling', (_form, instruction) => {
    const system = { role: 'system', blocks: [{ type: 'text', text: 'Be kind.' }] };
    expect(decode({ systemInstruction: instruction }).turns[0]).toEqual(system);
    expect(decode({ system_instruction: instruction }).turns[0]).toEqual(system);
  });

  it('reads images as bytes and by address', () => {
    const parts = [
      { inline_data: { mime_type: 'image/png', data: 'AAAA' } },
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://example.com/a.jpg' } },
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc', mimeType: 'application/pdf' } },
      { fileData: { fileUri: 'https://www.youtube.com/watch?v=x' } },
    ];
    expect(decode({ contents: [{ parts }] }).turns[0]?.blocks).toEqual([
      { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'AAAA' } },
      { type: 'media', media: 'image', mimeType: 'image/jpeg', source: { url: 'https://example.com/a.jpg' } },
      {
        type: 'media',
        media: 'file',
        mimeType: 'application/pdf',
        source: { fileId: 'https://generativelanguage.googleapis.com/v1beta/files/abc', vendor: 'google' },
      },
      { type: 'media', media: 'video', source: { url: 'https://www.youtube.com/watch?v=x' } },
    ]);
  });

  it('gives calls without ids one, and finds them again by name and order', () => {
    const contents = [
      { role: 'model', parts: [call('sum', { x: 1 }), call('sum', { x: 2 }), call('now')] },
      { role: 'function', parts: [result('sum', { result: '1' }), result('now', { time: 12 }), result('sum', { error: 'overflow' })] },
    ];
    expect(decode({ contents }).turns).toEqual([
      {
        role: 'assistant',
        blocks: [
          { type: 'tool-call', id: 'call_1', name: 'sum', arguments: '{"x":1}' },
          { type: 'tool-call', id: 'call_2', name: 'sum', arguments: '{"x":2}' },
          { type: 'tool-call', id: 'call_3', name: 'now', arguments: '{}' },
        ],
      },
      {
        role: 'user',
        blocks: [
          { type: 'tool-result', callId: 'call_1', name: 'sum', content: [{ type: 'text', text: '1' }] },
          { type: 'tool-result', callId: 'call_3', name: 'now', content: [{ type: 'text', text: '{"time":12}' }] },
          { type: 'tool-result', callId: 'call_2', name: 'sum', content: [{ type: 'text', text: 'overflow' }], failed: true },
        ],
      },
    ]);
  });

  it('keeps ids that are given', () => {
    const contents = [
      { role: 'model', parts: [call('sum', {}, 'a'), call('sum', {}, 'b')] },
      { role: 'user', parts: [result('sum', {}, 'b'), result('sum', {})] },
    ];
    expect(decode({ contents }).turns[1]?.blocks).toMatchObject([{ callId: 'b' }, { callId: 'a' }]);
  });

  it('reads thoughts and seals, of its own vendor and of others', () => {
    const foreign = Buffer.from(wrapSeal({ vendor: 'anthropic', value: 'sig.1' })).toString('base64');
    const parts = [
      { text: 'Hmm', thought: true, thoughtSignature: 'b3du' },
      { text: 'Well', thought: true, thought_signature: foreign },
      { ...call('sum', {}, 'a'), thoughtSignature: 'c3Vt' },
      { thoughtSignature: 'ZW5k' },
    ];
    expect(decode({ contents: [{ role: 'model', parts }] }).turns[0]?.blocks).toEqual([
      { type: 'thinking', text: 'Hmm', seal: { vendor: 'google', value: 'b3du' } },
      { type: 'thinking', text: 'Well', seal: { vendor: 'anthropic', value: 'sig.1' } },
      { type: 'tool-call', id: 'a', name: 'sum', arguments: '{}', seal: { vendor: 'google', value: 'c3Vt' } },
      { type: 'text', text: '', seal: { vendor: 'google', value: 'ZW5k' } },
    ]);
  });

  it('keeps parts that only this dialect knows', () => {
    const part = { executableCode: { language: 'PYTHON', code: 'print(1)' } };
    expect(decode({ contents: [{ role: 'model', parts: [part] }] }).turns[0]?.blocks).toEqual([
      { type: 'opaque', dialect: 'gemini', data: part },
    ]);
  });

  it('says which settings of a part it leaves behind', () => {
    const context = testContext();
    decode({ contents: [{ parts: [{ inlineData: { mimeType: 'video/mp4', data: 'AA' }, videoMetadata: { fps: 1 } }] }] }, context);
    expect(context.losses).toMatchObject([{ field: 'contents.0.parts.0.videoMetadata', how: 'dropped' }]);
  });

  it('reads functions with either kind of schema, and server tools', () => {
    const jsonSchema = { type: 'object', additionalProperties: false };
    const tools = [
      {
        functionDeclarations: [
          { name: 'a', description: 'A', parameters: { type: 'OBJECT', properties: { x: { type: 'STRING' } } } },
          { name: 'b', description: '', parameters_json_schema: jsonSchema },
        ],
      },
      { googleSearch: {} },
    ];
    expect(decode({ tools }).tools).toEqual([
      { name: 'a', description: 'A', parameters: { type: 'object', properties: { x: { type: 'string' } } } },
      { name: 'b', parameters: jsonSchema },
      { name: 'googleSearch', server: { kind: 'web-search' }, builtin: { dialect: 'gemini', data: { googleSearch: {} } } },
    ]);
  });

  it.each([
    [{ mode: 'AUTO' }, 'auto'],
    [{ mode: 'NONE' }, 'none'],
    [{ mode: 'ANY' }, 'required'],
    [{ mode: 'ANY', allowedFunctionNames: ['sum'] }, { name: 'sum' }],
    [{ mode: 'any', allowed_function_names: ['sum'] }, { name: 'sum' }],
  ])('reads the tool choice %j', (functionCallingConfig, toolChoice) => {
    expect(decode({ toolConfig: { functionCallingConfig } })).toMatchObject({ toolChoice });
    expect(decode({ tool_config: { function_calling_config: functionCallingConfig } }).extensions).toBeUndefined();
  });

  it.each([
    [{ mode: 'ANY', allowedFunctionNames: ['a', 'b'] }, 'required'],
    [{ mode: 'VALIDATED' }, 'auto'],
  ])('keeps the tool choice %j beside the nearest that others know', (functionCallingConfig, toolChoice) => {
    const request = decode({ toolConfig: { functionCallingConfig } });
    expect(request).toMatchObject({ toolChoice, extensions: { gemini: { toolConfig: { functionCallingConfig } } } });
  });

  it('reads the generation settings', () => {
    const generationConfig = {
      temperature: 0.5,
      topP: 0.9,
      top_k: 40,
      seed: 7,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      maxOutputTokens: 100,
      stopSequences: ['END'],
      candidateCount: 1,
      responseModalities: ['TEXT'],
    };
    expect(decode({ generationConfig })).toEqual({
      ...facts,
      turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Hi' }] }],
      outputTokensMax: 100,
      stopSequences: ['END'],
      sampling: { temperature: 0.5, topP: 0.9, topK: 40, seed: 7, presencePenalty: 0.1, frequencyPenalty: 0.2 },
    });
  });

  it.each([
    [{ thinkingBudget: 0 }, { mode: 'off' }],
    [{ thinkingBudget: 0, includeThoughts: true }, { mode: 'off' }],
    [{ thinkingBudget: -1 }, { mode: 'auto', shown: false }],
    [{ thinkingBudget: 512 }, { mode: 'on', budgetTokens: 512, shown: false }],
    [
      { thinkingBudget: 512, include_thoughts: true },
      { mode: 'on', budgetTokens: 512, shown: true },
    ],
    [{ thinkingLevel: 'HIGH' }, { mode: 'on', effort: 'high', shown: false }],
    [{ includeThoughts: true }, { mode: 'auto', shown: true }],
    [{ includeThoughts: false }, undefined],
  ])('reads the thinking settings %j', (thinkingConfig, thinking) => {
    expect(decode({ generationConfig: { thinkingConfig } }).thinking).toEqual(thinking);
  });

  it('reads the output format', () => {
    const json = { responseMimeType: 'application/json' };
    expect(decode({ generationConfig: json }).format).toEqual({ type: 'json' });
    expect(decode({ generationConfig: { responseMimeType: 'text/plain' } }).format).toBeUndefined();
    const schema = { type: 'array', items: { type: 'string' } };
    const expected = { type: 'json-schema', name: 'response', schema };
    expect(decode({ generationConfig: { ...json, responseSchema: { type: 'ARRAY', items: { type: 'STRING' } } } }).format).toEqual(
      expected,
    );
    expect(decode({ generationConfig: { ...json, response_json_schema: schema } }).format).toEqual(expected);
  });

  it('keeps what only this dialect knows', () => {
    const request = decode({
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      labels: null,
      toolConfig: { retrievalConfig: { languageCode: 'de' } },
      generation_config: { responseModalities: ['IMAGE'], responseMimeType: 'text/x.enum' },
    });
    expect(request.extensions).toEqual({
      gemini: {
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
        toolConfig: { retrievalConfig: { languageCode: 'de' } },
        generationConfig: { responseModalities: ['IMAGE'], responseMimeType: 'text/x.enum' },
      },
    });
  });

  it.each<[JsonObject, string]>([
    [{ contents: undefined }, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: 'Hi' }, 'contents'],
    [{ contents: ['Hi'] }, 'contents.0'],
    [{ contents: [{ role: 'robot', parts: [] }] }, 'contents.0.role'],
    [{ contents: [{ parts: [{ text: 1 }] }] }, 'contents.0.parts.0.text'],
    [{ contents: [{ parts: [{ inline_data: { mime_type: 'image/png' } }] }] }, 'contents.0.parts.0.inline_data.data'],
    [{ contents: [{ parts: [{ fileData: {} }] }] }, 'contents.0.parts.0.fileData.fileUri'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents.0.parts.0.functionCall.name'],
    [{ contents: [{ parts: [{ functionCall: { name: 'a', args: 'x' } }] }] }, 'contents.0.parts.0.functionCall.args'],
    [{ contents: [{ parts: [result('a', {})] }] }, 'contents.0.parts.0.functionResponse'],
    [{ systemInstruction: { parts: [{ inlineData: {} }] } }, 'systemInstruction.parts.0'],
    [{ tools: {} }, 'tools'],
    [{ tools: [{ functionDeclarations: [{}] }] }, 'tools.0.functionDeclarations.0.name'],
    [{ generationConfig: [] }, 'generationConfig'],
    [{ generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ generationConfig: { candidateCount: 2 } }, 'generationConfig.candidateCount'],
    [{ generationConfig: { topK: 1, top_k: 2 } }, 'generationConfig.topK'],
    [{ cached_content: 'cachedContents/abc' }, 'cached_content'],
  ])('refuses %j and names the field', (body, field) => {
    const { field: named, message } = refusal(body);
    expect(named).toBe(field);
    expect(message).toContain(field);
  });
});

function call(name: string, args?: object, id?: string): JsonObject {
  return { functionCall: { name, ...(args === undefined ? {} : { args }), ...(id === undefined ? {} : { id }) } };
}

function result(name: string, response: object, id?: string): JsonObject {
  return { functionResponse: { name, response, ...(id === undefined ? {} : { id }) } };
}
