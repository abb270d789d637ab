import type { Block, CanonicalRequest, JsonObject, Turn } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, userSays } from '../testing/canonical-request.js';
import { testContext } from '../testing/test-context.js';
import { encodeRequest } from './encode-request.js';

function encode(fields: Partial<CanonicalRequest>, context = testContext()): JsonObject {
  return encodeRequest(canonicalRequest(fields), context);
}

function contentsOf(turns: readonly Turn[], context = testContext()): unknown {
  return encode({ turns }, context)['contents'];
}

function partsOf(block: Block, context = testContext()): unknown {
  return (contentsOf([{ role: 'user', blocks: [block] }], context) as { parts: unknown }[])[0]?.parts;
}

describe('request to the service', () => {
  it('collects instructions from wherever they stand', () => {
    const turns: Turn[] = [
      { role: 'system', blocks: [{ type: 'text', text: 'One.' }] },
      userSays('Hi'),
      { role: 'system', blocks: [{ type: 'text', text: 'Two.' }] },
    ];
    const context = testContext();
    expect(encode({ turns }, context)).toEqual({
      systemInstruction: { parts: [{ text: 'One.' }, { text: 'Two.' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    });
    expect(context.losses).toMatchObject([{ field: 'system', how: 'coerced' }]);
  });

  it('sends instructions as a user turn where there is no other', () => {
    const context = testContext();
    expect(encode({ turns: [{ role: 'system', blocks: [{ type: 'text', text: 'Sing.' }] }] }, context)).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Sing.' }] }],
    });
    expect(context.losses).toMatchObject([{ field: 'system', how: 'coerced' }]);
  });

  it('joins neighbours of one role', () => {
    const turns: Turn[] = [userSays('a'), userSays('b'), { role: 'assistant', blocks: [{ type: 'text', text: 'c' }] }];
    expect(contentsOf(turns)).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
      { role: 'model', parts: [{ text: 'c' }] },
    ]);
  });

  it('leaves out texts with nothing in them', () => {
    expect(contentsOf([userSays('a'), { role: 'assistant', blocks: [{ type: 'text', text: '' }] }, userSays('b')])).toEqual([
      { role: 'user', parts: [{ text: 'a' }, { text: 'b' }] },
    ]);
  });

  it('sends media as bytes, and by address with the type that it suggests', () => {
    expect(partsOf({ type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'AA' } })).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AA' } },
    ]);
    expect(partsOf({ type: 'media', media: 'image', source: { url: 'https://example.com/a.webp?x=1' } })).toEqual([
      { fileData: { fileUri: 'https://example.com/a.webp?x=1', mimeType: 'image/webp' } },
    ]);
  });

  it('says what it does not know of media', () => {
    const context = testContext();
    expect(
      partsOf({ type: 'media', media: 'image', source: { url: 'https://example.com/a' }, detail: 'low', filename: 'a' }, context),
    ).toEqual([{ fileData: { fileUri: 'https://example.com/a' } }]);
    encode(
      { turns: [userSays('x'), { role: 'user', blocks: [{ type: 'media', media: 'file', source: { fileId: 'f', vendor: 'openai' } }] }] },
      context,
    );
    expect(context.losses.map((loss) => loss.field)).toEqual(['media detail', 'media filename', 'media type', 'media file id']);
  });

  it('names results by their calls and wraps what is no object', () => {
    const results: Block[] = [
      { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: '{"x":1}' }] },
      { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: 'plain' }] },
      { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'broke' }], failed: true },
      { type: 'tool-result', callId: 'b', content: [{ type: 'text', text: '{"error":"a text, not a failure"}' }] },
    ];
    const turns: Turn[] = [
      { role: 'assistant', blocks: [toolCall('a', 'first', '{"q":1}'), toolCall('b', 'second', '')] },
      { role: 'user', blocks: results },
    ];
    expect(contentsOf(turns)).toEqual([
      {
        role: 'model',
        parts: [{ functionCall: { id: 'a', name: 'first', args: { q: 1 } } }, { functionCall: { id: 'b', name: 'second', args: {} } }],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'first', response: { x: 1 } } },
          { functionResponse: { id: 'b', name: 'second', response: { result: 'plain' } } },
          { functionResponse: { id: 'a', name: 'first', response: { error: 'broke' } } },
          { functionResponse: { id: 'b', name: 'second', response: { result: '{"error":"a text, not a failure"}' } } },
        ],
      },
    ]);
  });

  it('sends media of a result after it', () => {
    const context = testContext();
    const image = { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'AA' } } as const;
    expect(partsOf({ type: 'tool-result', callId: 'a', name: 'look', content: [{ type: 'text', text: 'ok' }, image] }, context)).toEqual([
      { functionResponse: { id: 'a', name: 'look', response: { result: 'ok' } } },
      { inlineData: { mimeType: 'image/png', data: 'AA' } },
    ]);
    expect(context.losses).toMatchObject([{ field: 'tool result media', how: 'coerced' }]);
  });

  it('wraps arguments that are no object', () => {
    const context = testContext();
    const blocks = [toolCall('a', 'f', '{"x":'), { ...toolCall('b', 'g', 'rm -rf'), freeform: true as const }];
    expect(contentsOf([{ role: 'assistant', blocks }], context)).toMatchObject([
      { parts: [{ functionCall: { args: { input: '{"x":' } } }, { functionCall: { args: { input: 'rm -rf' } } }] },
    ]);
    expect(context.losses).toMatchObject([{ field: 'tool call arguments', how: 'coerced' }]);
  });

  it('sends back seals of its vendor and drops others', () => {
    const context = testContext();
    const blocks: Block[] = [
      { type: 'thinking', text: 'Hmm', seal: { vendor: 'google', value: 'b3du' } },
      { type: 'thinking', text: 'Well', seal: { vendor: 'anthropic', value: 'x' } },
      { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'y' } },
    ];
    expect(contentsOf([{ role: 'assistant', blocks }], context)).toEqual([
      {
        role: 'model',
        parts: [
          { text: 'Hmm', thought: true, thoughtSignature: 'b3du' },
          { text: 'Well', thought: true },
        ],
      },
    ]);
    expect(context.losses.map((loss) => loss.field)).toEqual(['seal', 'thinking']);
  });

  it('signs the first call of a step for models that demand it', () => {
    const turns: Turn[] = [{ role: 'assistant', blocks: [toolCall('a', 'f', '{}'), toolCall('b', 'f', '{}')] }];
    expect(contentsOf(turns, testContext('gemini-3-pro-preview'))).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'a', name: 'f', args: {} }, thoughtSignature: 'skip_thought_signature_validator' },
          { functionCall: { id: 'b', name: 'f', args: {} } },
        ],
      },
    ]);
    expect(JSON.stringify(contentsOf(turns))).not.toContain('thoughtSignature');
  });

  it('writes opaque blocks back to its own dialect only', () => {
    const context = testContext();
    const code = { executableCode: { code: '1' } };
    const blocks: Block[] = [
      { type: 'opaque', dialect: 'gemini', data: code },
      { type: 'opaque', dialect: 'claude-messages', data: {} },
    ];
    expect(contentsOf([{ role: 'assistant', blocks }], context)).toEqual([{ role: 'model', parts: [code] }]);
    expect(context.losses).toMatchObject([{ field: 'claude-messages block', how: 'dropped' }]);
  });

  it('sends functions, its own server tools, and functions in place of tools that take text', () => {
    const context = testContext();
    const tools = [
      { name: 'a', description: 'A', parameters: { type: 'object', properties: { x: { type: 'string' } } } },
      { name: 'b', parameters: { type: 'object', properties: {} }, strict: true },
      { name: 'patch', freeform: true as const },
      { name: 'googleSearch', builtin: { dialect: 'gemini', data: { googleSearch: {} } } },
      { name: 'web_search', builtin: { dialect: 'claude-messages', data: {} } },
    ];
    expect(encode({ tools }, context)['tools']).toEqual([
      {
        functionDeclarations: [
          { name: 'a', description: 'A', parameters: { type: 'OBJECT', properties: { x: { type: 'STRING' } } } },
          { name: 'b' },
          { name: 'patch', parameters: { type: 'OBJECT', properties: { input: { type: 'STRING' } }, required: ['input'] } },
        ],
      },
      { googleSearch: {} },
    ]);
    expect(context.losses).toMatchObject([
      { field: 'tools.strict', how: 'dropped' },
      { field: 'tools.patch', how: 'emulated' },
      { field: 'tools.web_search', how: 'dropped' },
    ]);
  });

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [{ name: 'f' }, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  ] as const)('writes the tool choice %j', (toolChoice, functionCallingConfig) => {
    expect(encode({ tools: [{ name: 'f' }], toolChoice })['toolConfig']).toEqual({ functionCallingConfig });
  });

  it('makes no choice where there are no functions', () => {
    expect(encode({ toolChoice: 'auto' })).not.toHaveProperty('toolConfig');
  });

  it('writes the generation settings', () => {
    const context = testContext();
    const sampling = { temperature: 0, topP: 0.9, topK: 40, seed: 7, presencePenalty: 0.1, frequencyPenalty: 0.2 };
    const stopSequences = ['1', '2', '3', '4', '5', '6'];
    expect(encode({ sampling, outputTokensMax: 9, stopSequences, format: { type: 'json' } }, context)['generationConfig']).toEqual({
      ...sampling,
      maxOutputTokens: 9,
      stopSequences: ['1', '2', '3', '4', '5'],
      responseMimeType: 'application/json',
    });
    expect(context.losses).toMatchObject([{ field: 'stopSequences', how: 'coerced' }]);
  });

  it('writes a schema for the output', () => {
    const format = { type: 'json-schema', name: 'n', schema: { type: 'object', properties: { a: { type: 'string' } } } } as const;
    expect(encode({ format })['generationConfig']).toEqual({
      responseMimeType: 'application/json',
      responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
    });
  });

  it.each([
    ['gemini-2.5-flash', { mode: 'off' }, { thinkingBudget: 0 }],
    ['gemini-2.5-pro', { mode: 'off' }, { thinkingBudget: 128 }],
    ['gemini-3-pro-preview', { mode: 'off' }, { thinkingLevel: 'LOW' }],
    ['gemini-3-flash-preview', { mode: 'off' }, { thinkingLevel: 'MINIMAL' }],
    ['gemini-2.5-flash', { mode: 'auto' }, { includeThoughts: true }],
    ['gemini-2.5-flash', { mode: 'on', budgetTokens: 99 }, { includeThoughts: true, thinkingBudget: 99 }],
    ['gemini-2.5-pro', { mode: 'on', budgetTokens: 99 }, { includeThoughts: true, thinkingBudget: 128 }],
    ['gemini-2.5-flash', { mode: 'on', effort: 'medium' }, { includeThoughts: true, thinkingBudget: 8_192 }],
    ['gemini-3-pro-preview', { mode: 'on', effort: 'max' }, { includeThoughts: true, thinkingLevel: 'HIGH' }],
    ['gemini-3-pro-preview', { mode: 'on', effort: 'minimal' }, { includeThoughts: true, thinkingLevel: 'LOW' }],
    ['gemini-flash-latest', { mode: 'off' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash-lite', { mode: 'on' }, { includeThoughts: true, thinkingBudget: -1 }],
    ['gemini-2.5-flash-lite', { mode: 'on', budgetTokens: 9 }, { includeThoughts: true, thinkingBudget: 512 }],
    ['gemini-2.5-flash-lite', { mode: 'off' }, { thinkingBudget: 0 }],
    ['gemini-2.5-flash', { mode: 'on', budgetTokens: 99_999 }, { includeThoughts: true, thinkingBudget: 24_576 }],
    ['gemini-2.5-pro', { mode: 'on', budgetTokens: 99_999 }, { includeThoughts: true, thinkingBudget: 32_768 }],
    ['gemini-2.5-flash', { mode: 'on', shown: true }, { includeThoughts: true }],
    ['gemini-2.5-flash', { mode: 'on', budgetTokens: 99, shown: false }, { thinkingBudget: 99 }],
    ['gemini-3-pro-preview', { mode: 'on', effort: 'low', shown: false }, { thinkingLevel: 'LOW' }],
  ] as const)('asks %s for the thinking %j', (model, thinking, thinkingConfig) => {
    expect(encode({ thinking }, testContext(model))['generationConfig']).toEqual({ thinkingConfig });
  });

  it('asks no model to think that cannot', () => {
    const context = testContext('gemini-2.0-flash');
    expect(encode({ thinking: { mode: 'on' } }, context)).not.toHaveProperty('generationConfig');
    expect(context.losses).toMatchObject([{ field: 'thinking' }]);
  });

  it('writes back its own extensions and names each foreign field once', () => {
    const context = testContext();
    const extensions = {
      gemini: { safetySettings: [], generationConfig: { responseModalities: ['IMAGE'] } },
      'openai-chat': { logit_bias: {}, service_tier: 'flex' },
    };
    expect(encode({ extensions, outputTokensMax: 5 }, context)).toMatchObject({
      safetySettings: [],
      generationConfig: { maxOutputTokens: 5, responseModalities: ['IMAGE'] },
    });
    expect(context.losses.map((loss) => loss.field)).toEqual(['logit_bias', 'service_tier']);
  });

  it('says what it cannot express', () => {
    const context = testContext();
    const blocks: Block[] = [
      { type: 'text', text: 'a', cache: {} },
      { type: 'text', text: 'b', cache: {} },
    ];
    encode({ turns: [{ role: 'user', blocks }], parallelToolCalls: false, endUser: 'u' }, context);
    expect(context.losses.map((loss) => loss.field)).toEqual(['endUser', 'cache', 'parallelToolCalls']);
  });
});

function toolCall(id: string, name: string, args: string): Extract<Block, { type: 'tool-call' }> {
  return { type: 'tool-call', id, name, arguments: args };
}
