import type { Block, CanonicalRequest, CanonicalResponse, Seal, StopReason, Turn } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import {
  callBlock,
  citedText,
  drawnImage,
  freeformCall,
  imageBlock,
  someBase64,
  someId,
  someName,
  someSchema,
  someText,
  someTool,
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
/** A message that follows a message is a turn of its own, so texts of one turn are either one message or parted by something else. */
const assistantTurn: fc.Arbitrary<Turn> = fc
  .tuple(fc.option(sealedThinking), fc.array(textBlock, { maxLength: 2 }), fc.array(fc.oneof(callBlock, freeformCall), { maxLength: 3 }))
  .map(([thinking, texts, calls]) => [...(thinking === null ? [] : [thinking]), ...texts, ...calls])
  .filter((blocks) => blocks.length > 0)
  .map((blocks) => ({ role: 'assistant', blocks }));
const someTurns: fc.Arbitrary<readonly Turn[]> = fc
  .tuple(fc.option(textBlock), userTurn, fc.array(fc.tuple(assistantTurn, userTurn), { maxLength: 2 }))
  .map(([system, first, rest]) => [...(system === null ? [] : [{ role: 'system' as const, blocks: [system] }]), first, ...rest.flat()]);

/** Requests that Responses can say in full to a model of another vendor, in the form that decoding gives them. */
export const someResponsesRequest: fc.Arbitrary<CanonicalRequest> = fc
  .record(
    {
      turns: someTurns,
      stream: fc.boolean(),
      outputTokensMax: fc.integer({ min: 1, max: 64_000 }),
      sampling: fc.record({ temperature: fc.constantFrom(0, 0.5, 2), topP: fc.constantFrom(0.1, 1) }),
      endUser: someId,
      thinking: fc.constantFrom('low', 'medium', 'high').map((effort) => ({ mode: 'on' as const, effort })),
      format: fc.oneof(
        fc.constant({ type: 'json' as const }),
        fc.record({ type: fc.constant('json-schema' as const), name: someName, schema: someSchema, strict: fc.boolean() }),
      ),
      tools: fc.array(someTool, { minLength: 1, maxLength: 3 }),
      toolChoice: fc.constantFrom('auto' as const, 'none' as const, 'required' as const, 'first' as const),
      parallelToolCalls: fc.boolean(),
    },
    { requiredKeys: ['turns', 'stream'] },
  )
  .map(({ tools, toolChoice, parallelToolCalls, ...rest }) => ({
    model: 'some-model',
    ...rest,
    extensions: { 'openai-responses': { store: false } },
    ...(tools === undefined
      ? {}
      : {
          // A function that says nothing for itself is told what it means.
          tools: tools.map((tool) =>
            tool.freeform === true
              ? tool
              : { ...tool, parameters: tool.parameters ?? { type: 'object', properties: {} }, strict: tool.strict ?? false },
          ),
          ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
          ...(toolChoice === undefined ? {} : { toolChoice: toolChoice === 'first' ? { name: tools[0]?.name ?? '' } : toolChoice }),
        }),
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
