import type { Block, CanonicalRequest, CanonicalResponse, Seal, StopReason, ToolDefinition, Turn } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import {
  callBlock,
  citedText,
  drawnImage,
  freeformCall,
  freeformTool,
  imageBlock,
  someBase64,
  someFunction,
  someId,
  someName,
  someSchema,
  someText,
  someUrl,
  textBlock,
  thinkingBlock,
} from './arbitraries.js';

const ownSeal: fc.Arbitrary<Seal> = someId.map((value) => ({ vendor: 'openai', value }));
const anySeal: fc.Arbitrary<Seal> = fc
  .tuple(fc.constantFrom('openai', 'google', 'anthropic'), someId)
  .map(([vendor, value]) => ({ vendor, value }));

/** Servers that check what they get insist on a detail, so pictures always come out with one. */
const detailedImage: fc.Arbitrary<Block> = fc
  .tuple(imageBlock, fc.constantFrom('auto', 'low', 'high', 'original'))
  .map(([block, detail]) => ({ ...block, detail }) as Block);
const file: fc.Arbitrary<Block> = fc.oneof(
  fc.tuple(someBase64, someName).map(([base64, filename]) => {
    return { type: 'media', media: 'file', mimeType: 'application/pdf', filename, source: { base64 } } as const;
  }),
  someUrl.map((url) => ({ type: 'media', media: 'file', source: { url } }) as const),
  someId.map((fileId) => ({ type: 'media', media: 'file', source: { fileId, vendor: 'openai' } }) as const),
);
const result: fc.Arbitrary<Block> = fc
  .tuple(
    someId,
    fc.oneof(
      fc.constant([]),
      textBlock.map((block) => [block]),
      fc.array(fc.oneof(textBlock, detailedImage, file), { minLength: 2, maxLength: 3 }),
    ),
  )
  .map(([callId, content]) => ({ type: 'tool-result', callId, content }) as Block);
const sealedThinking: fc.Arbitrary<Block> = fc
  .tuple(fc.option(someText), ownSeal)
  .map(([text, seal]) => (text === null ? { type: 'thinking', text: '', redacted: true, seal } : { type: 'thinking', text, seal }));

const userTurn: fc.Arbitrary<Turn> = fc
  .oneof(
    fc.array(fc.oneof(textBlock, detailedImage, file), { minLength: 1, maxLength: 3 }),
    fc
      .tuple(fc.array(result, { minLength: 1, maxLength: 2 }), fc.array(textBlock, { maxLength: 1 }))
      .map(([results, said]) => [...results, ...said]),
  )
  .map((blocks) => ({ role: 'user', blocks }));
function assistantTurns(calls: fc.Arbitrary<Block>): fc.Arbitrary<Turn> {
  return fc
    .tuple(fc.option(sealedThinking), fc.array(textBlock, { maxLength: 2 }), fc.array(calls, { maxLength: 3 }))
    .map(([thinking, texts, made]) => [...(thinking === null ? [] : [thinking]), ...texts, ...made])
    .filter((blocks) => blocks.length > 0)
    .map((blocks) => ({ role: 'assistant', blocks }));
}

function someTurns(calls: fc.Arbitrary<Block>): fc.Arbitrary<readonly Turn[]> {
  return fc
    .tuple(fc.option(textBlock), userTurn, fc.array(fc.tuple(assistantTurns(calls), userTurn), { maxLength: 2 }))
    .map(([system, first, rest]) => [...(system === null ? [] : [{ role: 'system' as const, blocks: [system] }]), first, ...rest.flat()]);
}

/** A function that says nothing for itself is told what it means. */
const toldFunction = someFunction.map(
  (tool): ToolDefinition => ({ ...tool, parameters: tool.parameters ?? { type: 'object', properties: {} }, strict: tool.strict ?? false }),
);

const commonFields = {
  stream: fc.boolean(),
  outputTokensMax: fc.integer({ min: 16, max: 64_000 }),
  sampling: fc.record({ temperature: fc.constantFrom(0, 0.5, 2), topP: fc.constantFrom(0.1, 1) }),
  endUser: someId,
  format: fc.oneof(
    fc.constant({ type: 'json' as const }),
    fc.record({ type: fc.constant('json-schema' as const), name: someName, schema: someSchema, strict: fc.boolean() }),
  ),
  toolChoice: fc.constantFrom('auto' as const, 'none' as const, 'required' as const, 'first' as const),
  parallelToolCalls: fc.boolean(),
};
const someThinking = fc.record({
  mode: fc.constant('on' as const),
  effort: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
  shown: fc.boolean(),
});
const requiredKeys = ['model', 'turns', 'stream'] as const;
const toolsOf = (tool: fc.Arbitrary<ToolDefinition>) => fc.array(tool, { minLength: 1, maxLength: 3 });

/**
 * Requests that Responses can say in full, in the form that decoding gives them: to the vendor's own models with tools for plain text, to
 * those of others with a degree of thinking.
 */
export const someResponsesRequest: fc.Arbitrary<CanonicalRequest> = fc
  .oneof(
    fc.record(
      {
        ...commonFields,
        model: fc.constant('gpt-4o'),
        turns: someTurns(fc.oneof(callBlock, freeformCall)),
        tools: toolsOf(fc.oneof(toldFunction, freeformTool)),
      },
      { requiredKeys: [...requiredKeys] },
    ),
    fc.record(
      {
        ...commonFields,
        model: fc.constant('some-model'),
        turns: someTurns(callBlock),
        tools: toolsOf(toldFunction),
        thinking: someThinking,
      },
      { requiredKeys: [...requiredKeys] },
    ),
  )
  .map(({ tools, toolChoice, parallelToolCalls, ...rest }) => ({
    ...rest,
    ...(tools === undefined ? {} : { tools }),
    ...(tools === undefined || parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    ...(tools === undefined || toolChoice === undefined
      ? {}
      : { toolChoice: toolChoice === 'first' ? { name: tools[0]?.name ?? '' } : toolChoice }),
  }));

const someCount = fc.nat({ max: 1_000_000 });

/** Answers that Responses can say in full. */
export const someResponsesAnswer: fc.Arbitrary<CanonicalResponse> = fc
  .record({
    id: someId.map((id) => `resp_${id}`),
    model: someName,
    usage: fc
      .record({
        inputText: someCount,
        inputCacheRead: someCount,
        inputCacheWrite5m: someCount,
        outputText: someCount,
        outputReasoning: someCount,
      })
      .map((usage) => ({ ...emptyUsage(), ...usage })),
    blocks: fc.array(
      fc.oneof(
        citedText,
        drawnImage,
        callBlock,
        freeformCall,
        thinkingBlock,
        fc.tuple(thinkingBlock, anySeal).map(([block, seal]): Block => ({ ...block, seal })),
        anySeal.map((seal): Block => ({ type: 'thinking', text: '', redacted: true, seal })),
        someId.map(
          (id): Block => ({ type: 'opaque', dialect: 'openai-responses', data: { type: 'web_search_call', id, status: 'completed' } }),
        ),
      ),
      { maxLength: 5 },
    ),
    otherStop: fc.constantFrom<StopReason>('end', 'length', 'filter'),
  })
  .map(({ otherStop, ...answer }) => {
    const callsTool = answer.blocks.some(({ type }) => type === 'tool-call');
    return { ...answer, stop: callsTool && otherStop === 'end' ? 'tool' : otherStop };
  });
