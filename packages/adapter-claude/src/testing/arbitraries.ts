import type { Block, CanonicalRequest, CanonicalResponse, StopReason, ToolDefinition, Turn, Usage } from '@tollgate/plugin-kit';
import { emptyUsage } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

/** Text that the vendor accepts: not blank, and without white space at its end, which a prefilled answer must not have. */
const someText = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).map((value) => `${value.trim()}.`);
const someId = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
const someName = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/);
const someArguments = fc.dictionary(someName, fc.oneof(fc.string(), fc.integer(), fc.boolean())).map((value) => JSON.stringify(value));
const someSeal = someId.map((value) => ({ vendor: 'anthropic', value }));
const someCache = fc.constantFrom({}, { cache: {} }, { cache: { lifetime: '1h' as const } });

const textBlock: fc.Arbitrary<Block> = fc.tuple(someText, someCache).map(([text, cache]) => ({ type: 'text', text, ...cache }));
const imageBlock: fc.Arbitrary<Block> = fc.oneof(
  fc
    .base64String({ minLength: 4 })
    .map((base64) => ({ type: 'media', media: 'image', mimeType: 'image/png', source: { base64 } }) as const),
  someId.map((path) => ({ type: 'media', media: 'image', source: { url: `https://example.org/${path}` } }) as const),
);
const resultBlock: fc.Arbitrary<Block> = fc
  .record({ callId: someId, parts: fc.array(fc.oneof(textBlock, imageBlock), { maxLength: 2 }), failed: fc.boolean() })
  .map(({ callId, parts, failed }) => ({
    type: 'tool-result',
    callId,
    content: parts.filter((part) => part.type === 'text' || part.type === 'media'),
    ...(failed ? { failed } : {}),
  }));
const callBlock: fc.Arbitrary<Block> = fc
  .record({ id: someId, name: someName, arguments: someArguments })
  .map((call) => ({ type: 'tool-call', ...call }));
const thinkingBlock: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ text: someText, seal: someSeal }).map((thinking) => ({ type: 'thinking', ...thinking }) as const),
  someSeal.map((seal) => ({ type: 'thinking', text: '', redacted: true, seal }) as const),
);

const systemTurn: fc.Arbitrary<Turn> = fc.array(textBlock, { minLength: 1, maxLength: 2 }).map((blocks) => ({ role: 'system', blocks }));
/** Results first, as the vendor wants them. */
const userTurn: fc.Arbitrary<Turn> = fc
  .tuple(fc.array(resultBlock, { maxLength: 2 }), fc.array(fc.oneof(textBlock, imageBlock), { minLength: 1, maxLength: 3 }))
  .map(([results, rest]) => ({ role: 'user', blocks: [...results, ...rest] }));
const assistantTurn: fc.Arbitrary<Turn> = fc
  .array(fc.oneof(textBlock, thinkingBlock, callBlock), { minLength: 1, maxLength: 3 })
  .map((blocks) => ({ role: 'assistant', blocks }));

const someTurns: fc.Arbitrary<readonly Turn[]> = fc
  .tuple(fc.option(systemTurn), userTurn, fc.array(fc.tuple(assistantTurn, userTurn), { maxLength: 2 }))
  .map(([system, first, pairs]) => [...(system === null ? [] : [system]), first, ...pairs.flat()]);

const someTool: fc.Arbitrary<ToolDefinition> = fc
  .record({ name: someName, description: someText, properties: fc.dictionary(someName, fc.constant({ type: 'string' })) })
  .map(({ name, description, properties }) => ({ name, description, parameters: { type: 'object', properties } }));

/** Requests that the dialect can say in full, in the form that decoding gives them. */
export const someRequest: fc.Arbitrary<CanonicalRequest> = fc
  .record(
    {
      turns: someTurns,
      stream: fc.boolean(),
      outputTokensMax: fc.integer({ min: 1, max: 64_000 }),
      stopSequences: fc.array(someText, { minLength: 1, maxLength: 3 }),
      sampling: fc.record({
        temperature: fc.constantFrom(0, 0.5, 1),
        topP: fc.constantFrom(0.1, 1),
        topK: fc.integer({ min: 1, max: 40 }),
      }),
      endUser: someId,
      tooling: fc.record({
        tools: fc.array(someTool, { minLength: 1, maxLength: 3 }),
        toolChoice: fc.oneof(
          fc.constantFrom('auto' as const, 'required' as const),
          someName.map((name) => ({ name })),
        ),
        parallel: fc.boolean(),
      }),
    },
    { requiredKeys: ['turns', 'stream', 'outputTokensMax'] },
  )
  .map(({ tooling, ...rest }) => ({
    model: 'claude-sonnet-4-5',
    ...rest,
    ...(tooling === undefined
      ? {}
      : { tools: tooling.tools, toolChoice: tooling.toolChoice, ...(tooling.parallel ? {} : { parallelToolCalls: false }) }),
  }));

const someUsage: fc.Arbitrary<Usage> = fc
  .tuple(...Array.from({ length: 6 }, () => fc.nat({ max: 1_000_000 })))
  .map(([inputText = 0, inputCacheRead = 0, inputCacheWrite5m = 0, inputCacheWrite1h = 0, outputText = 0, outputReasoning = 0]) => ({
    ...emptyUsage(),
    inputText,
    inputCacheRead,
    inputCacheWrite5m,
    inputCacheWrite1h,
    outputText,
    outputReasoning,
  }));

const someStop: fc.Arbitrary<StopReason> = fc.constantFrom('end', 'length', 'tool', 'refusal', 'pause');

const opaqueBlock: fc.Arbitrary<Block> = someId.map((id) => ({
  type: 'opaque',
  dialect: 'claude-messages',
  data: { type: 'server_tool_use', id, name: 'web_search', input: { query: id } },
  toldLater: true,
}));
const plainText: fc.Arbitrary<Block> = someText.map((text) => ({ type: 'text', text }));

/** Answers that the dialect can say in full. */
export const someResponse: fc.Arbitrary<CanonicalResponse> = fc.record({
  id: someId,
  model: someName,
  blocks: fc.array(fc.oneof(plainText, thinkingBlock, callBlock, opaqueBlock), { maxLength: 5 }),
  stop: someStop,
  usage: someUsage,
});
