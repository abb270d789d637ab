import type { Block, CanonicalRequest, CanonicalResponse, JsonObject, StopReason, ToolDefinition, Turn, Usage } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

export const someText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
export const someId = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
/** Names that trip code which keeps its tables in plain objects are among them. */
export const someName = fc.oneof(
  fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/),
  fc.constantFrom('constructor', 'toString', '__proto__'),
);
export const someBase64 = fc.base64String({ minLength: 4 });
export const someUrl = someId.map((path) => `https://example.org/${path}`);
export const someArguments = fc
  .dictionary(someName, fc.oneof(fc.string(), fc.integer(), fc.boolean()))
  .map((value) => JSON.stringify(value));

export const textBlock: fc.Arbitrary<Block> = someText.map((text) => ({ type: 'text', text }));
export const imageBlock: fc.Arbitrary<Block> = fc.oneof(
  fc.tuple(someBase64, fc.constantFrom('image/png', 'image/webp')).map(([base64, mimeType]) => {
    return { type: 'media', media: 'image', mimeType, source: { base64 } } as const;
  }),
  fc.tuple(someUrl, fc.constantFrom({}, { detail: 'low' })).map(([url, detail]) => {
    return { type: 'media', media: 'image', source: { url }, ...detail } as const;
  }),
);
const otherMedia: fc.Arbitrary<Block> = fc.oneof(
  someUrl.map((url) => ({ type: 'media', media: 'video', source: { url } }) as const),
  fc.tuple(someBase64, fc.constantFrom('audio/wav', 'audio/mpeg', 'audio/ogg')).map(([base64, mimeType]) => {
    return { type: 'media', media: 'audio', mimeType, source: { base64 } } as const;
  }),
  fc.tuple(someBase64, someName).map(([base64, filename]) => {
    return { type: 'media', media: 'file', mimeType: 'application/pdf', filename, source: { base64 } } as const;
  }),
  someId.map((fileId) => ({ type: 'media', media: 'file', source: { fileId, vendor: 'openai' } }) as const),
);
const resultBlock: fc.Arbitrary<Block> = fc
  .tuple(someId, fc.option(someText))
  .map(([callId, text]) => ({ type: 'tool-result', callId, content: text === null ? [] : [{ type: 'text', text }] }));
export const callBlock: fc.Arbitrary<Block> = fc
  .record({ id: someId, name: someName, arguments: someArguments })
  .map((call) => ({ type: 'tool-call', ...call }));
export const freeformCall: fc.Arbitrary<Block> = fc
  .record({ id: someId, name: someName, arguments: fc.string() })
  .map((call) => ({ type: 'tool-call', ...call, freeform: true }));
export const thinkingBlock: fc.Arbitrary<Block> = someText.map((text) => ({ type: 'thinking', text }));

/** In the order in which a message of this dialect has them. */
const assistantBlocks: fc.Arbitrary<readonly Block[]> = fc
  .tuple(fc.option(thinkingBlock), fc.option(textBlock), fc.array(callBlock, { maxLength: 3 }))
  .filter(([, text, calls]) => text !== null || calls.length > 0)
  .map(([thinking, text, calls]) => [...(thinking === null ? [] : [thinking]), ...(text === null ? [] : [text]), ...calls]);

const userTurns: fc.Arbitrary<readonly Turn[]> = fc.oneof(
  fc
    .array(fc.oneof(textBlock, imageBlock, otherMedia), { minLength: 1, maxLength: 3 })
    .map((blocks) => [{ role: 'user' as const, blocks }]),
  fc.array(resultBlock, { minLength: 1, maxLength: 2 }).map((blocks) => [{ role: 'user' as const, blocks }]),
);
const systemTurn: fc.Arbitrary<Turn> = textBlock.map((block) => ({ role: 'system', blocks: [block] }));
const someTurns: fc.Arbitrary<readonly Turn[]> = fc
  .tuple(fc.option(systemTurn), userTurns, fc.array(fc.tuple(assistantBlocks, userTurns), { maxLength: 2 }))
  .map(([system, first, rest]) => [
    ...(system === null ? [] : [system]),
    ...first,
    ...rest.flatMap(([blocks, after]): readonly Turn[] => [{ role: 'assistant', blocks }, ...after]),
  ]);

export const someSchema: fc.Arbitrary<JsonObject> = fc
  .dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.constant({ type: 'string' }))
  .map((properties) => ({ type: 'object', properties }));
export const someFunction: fc.Arbitrary<ToolDefinition> = fc.record(
  { name: someName, description: someText, parameters: someSchema, strict: fc.boolean() },
  { requiredKeys: ['name'] },
);
export const freeformTool: fc.Arbitrary<ToolDefinition> = fc
  .record({ name: someName, description: someText }, { requiredKeys: ['name'] })
  .map((tool) => ({ ...tool, freeform: true }));

/** Requests that the dialect can say in full to a model of another vendor, in the form that decoding gives them. */
export const someRequest: fc.Arbitrary<CanonicalRequest> = fc
  .record(
    {
      turns: someTurns,
      stream: fc.boolean(),
      outputTokensMax: fc.integer({ min: 1, max: 64_000 }),
      stopSequences: fc.array(someText, { minLength: 1, maxLength: 6 }),
      sampling: fc.record({
        temperature: fc.constantFrom(0, 0.5, 2),
        topP: fc.constantFrom(0.1, 1),
        seed: fc.integer(),
        presencePenalty: fc.constantFrom(-2, 0.5),
        frequencyPenalty: fc.constantFrom(-2, 0.5),
      }),
      endUser: someId,
      thinking: fc.constantFrom('low', 'medium', 'high').map((effort) => ({ mode: 'on' as const, effort })),
      format: fc.oneof(
        fc.constant({ type: 'json' as const }),
        fc.record({ type: fc.constant('json-schema' as const), name: someName, schema: someSchema, strict: fc.boolean() }),
      ),
      tooling: fc.record({ tools: fc.array(someFunction, { minLength: 1, maxLength: 3 }), parallelToolCalls: fc.boolean() }),
      toolChoice: fc.oneof(fc.constantFrom('auto' as const, 'none' as const, 'required' as const), fc.constant('first' as const)),
    },
    { requiredKeys: ['turns', 'stream'] },
  )
  .map(({ tooling, toolChoice, ...rest }) => ({
    model: 'some-model',
    ...rest,
    ...(rest.stream ? { usageInStream: true as const } : {}),
    ...tooling,
    ...(tooling === undefined || toolChoice === undefined
      ? {}
      : { toolChoice: toolChoice === 'first' ? { name: tooling.tools[0]?.name ?? '' } : toolChoice }),
  }));

const someCount = fc.nat({ max: 1_000_000 });
/** Usage in the buckets that the dialect's wire tells apart. */
export const someUsage: fc.Arbitrary<Usage> = fc
  .record({
    inputText: someCount,
    inputCacheRead: someCount,
    inputCacheWrite5m: someCount,
    inputAudio: someCount,
    inputImage: someCount,
    outputText: someCount,
    outputReasoning: someCount,
    outputAudio: someCount,
    outputImage: someCount,
  })
  .map((usage) => ({ ...emptyUsage(), ...usage }));

export const citedText: fc.Arbitrary<Block> = fc
  .tuple(someText, fc.array(fc.record({ url: someUrl, title: someText }), { maxLength: 2 }))
  .map(([text, citations]) => ({ type: 'text', text, ...(citations.length > 0 ? { citations } : {}) }));
export const drawnImage: fc.Arbitrary<Block> = someBase64.map((base64) => ({
  type: 'media',
  media: 'image',
  mimeType: 'image/png',
  source: { base64 },
}));

/** Answers that the dialect can say in full, in the order in which a message has its parts. */
export const someResponse: fc.Arbitrary<CanonicalResponse> = fc
  .record({
    id: someId,
    model: someName,
    usage: someUsage,
    thinking: fc.option(thinkingBlock),
    text: fc.option(citedText),
    images: fc.array(drawnImage, { maxLength: 2 }),
    calls: fc.array(fc.oneof(callBlock, freeformCall), { maxLength: 3 }),
    otherStop: fc.constantFrom<StopReason>('end', 'length', 'filter'),
  })
  .map(({ id, model, usage, thinking, text, images, calls, otherStop }) => ({
    id,
    model,
    usage,
    blocks: [...(thinking === null ? [] : [thinking]), ...(text === null ? [] : [text]), ...images, ...calls],
    stop: calls.length > 0 && otherStop === 'end' ? 'tool' : otherStop,
  }));
