import {
  type Block,
  type CanonicalRequest,
  type CanonicalResponse,
  emptyUsage,
  type JsonObject,
  type Turn,
  type Usage,
} from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,15}$/);
const jsonObject = fc.dictionary(name, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
const argumentsText = jsonObject.map((value) => JSON.stringify(value));
const count = fc.nat({ max: 1_000_000 });
const ownSeal = fc.base64String({ minLength: 4, maxLength: 16 }).map((value) => ({ vendor: 'google', value }));

/** Fields that may each be there or not. */
function some<Fields extends object>(fields: { [Name in keyof Fields]: fc.Arbitrary<Fields[Name]> }): fc.Arbitrary<Partial<Fields>> {
  return fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Partial<Fields>>;
}

const textBlock = text.map((content): Block => ({ type: 'text', text: content }));
const mediaBlock = fc.oneof(
  fc.constant<Block>({ type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'iVBORw0K' } }),
  fc.constant<Block>({ type: 'media', media: 'image', mimeType: 'image/jpeg', source: { url: 'https://example.com/a.jpg' } }),
  fc.constant<Block>({ type: 'media', media: 'audio', mimeType: 'audio/wav', source: { base64: 'UklGRg==' } }),
);

const resultText = fc.oneof(text, fc.constant(''), argumentsText, fc.constant('{"error":"text"}'));

/** What the user says, what the model answers and calls, and the results, in the order of ids. */
const exchange = fc.record({
  question: fc.array(fc.oneof(textBlock, mediaBlock), { minLength: 1, maxLength: 3 }),
  answer: fc.array(textBlock, { maxLength: 2 }),
  calls: fc.array(fc.record({ name, args: argumentsText, result: resultText, failed: fc.boolean(), seal: fc.option(ownSeal) }), {
    maxLength: 3,
  }),
});

type Exchange = typeof exchange extends fc.Arbitrary<infer Value> ? Value : never;

/** Turns in the form that this dialect keeps: instructions first, roles alternating, each result in the turn after its call. */
function turnsOf(exchanges: readonly Exchange[], system: readonly Block[]): readonly Turn[] {
  const turns: Turn[] = system.length > 0 ? [{ role: 'system', blocks: system }] : [];
  let results: Block[] = [];
  for (const [number, { question, answer, calls }] of exchanges.entries()) {
    turns.push({ role: 'user', blocks: [...results, ...question] });
    const id = (place: number) => `call-${number}-${place}`;
    const callBlocks = calls.map(
      (call, place): Block => ({
        type: 'tool-call',
        id: id(place),
        name: call.name,
        arguments: call.args,
        ...(call.seal === null ? {} : { seal: call.seal }),
      }),
    );
    results = calls.map((call, place) => {
      const content = [{ type: 'text' as const, text: call.result }];
      return { type: 'tool-result', callId: id(place), name: call.name, content, ...(call.failed ? { failed: true as const } : {}) };
    });
    const blocks: Block[] = [...answer, ...callBlocks];
    turns.push({ role: 'assistant', blocks: blocks.length > 0 ? blocks : [{ type: 'text', text: 'Yes.' }] });
  }
  return results.length > 0 ? [...turns, { role: 'user', blocks: results }] : turns;
}

const { schema } = fc.letrec<{ schema: JsonObject; leaf: JsonObject }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom<JsonObject>({ type: 'string' }, { type: 'integer', minimum: 0 }, { type: 'boolean' }, { type: ['number', 'null'] }),
    text.map((description): JsonObject => ({ type: 'string', description })),
    fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((values): JsonObject => ({ type: 'string', enum: values })),
  ),
  schema: fc.oneof(
    { maxDepth: 3 },
    tie('leaf'),
    tie('schema').map((items): JsonObject => ({ type: 'array', items })),
    fc.dictionary(name, tie('schema'), { minKeys: 1, maxKeys: 3 }).map(objectSchema),
    fc.tuple(tie('leaf'), tie('schema')).map((anyOf): JsonObject => ({ anyOf })),
  ),
}));

function objectSchema(properties: Record<string, JsonObject>): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties).slice(0, 1) };
}

const parameters = fc.dictionary(name, schema, { minKeys: 1, maxKeys: 3 }).map(objectSchema);
const number = fc.double({ min: 0, max: 2, noNaN: true }).map((value) => value + 0);

const settings = some<CanonicalRequest>({
  model: fc.constant('gemini-2.5-flash'),
  stream: fc.constant(false),
  turns: fc.constant([]),
  outputTokensMax: fc.integer({ min: 1, max: 65_536 }),
  stopSequences: fc.array(text, { minLength: 1, maxLength: 5 }),
  sampling: some<NonNullable<CanonicalRequest['sampling']>>({
    temperature: number,
    topP: number,
    topK: count,
    seed: count,
    presencePenalty: number,
    frequencyPenalty: number,
  }).filter((sampling) => Object.keys(sampling).length > 0),
  thinking: fc.oneof(
    fc.constantFrom({ mode: 'off' as const }, { mode: 'auto' as const, shown: true }),
    fc.record({ mode: fc.constant('on' as const), budgetTokens: fc.integer({ min: 1, max: 24_576 }), shown: fc.boolean() }),
  ),
  format: fc.oneof(
    fc.constant({ type: 'json' as const }),
    parameters.map((value) => ({ type: 'json-schema' as const, name: 'response', schema: value })),
  ),
});

const tools = fc.uniqueArray(fc.record({ name, description: text, parameters }, { requiredKeys: ['name'] }), {
  selector: (tool) => tool.name,
  minLength: 1,
  maxLength: 3,
});

/** Requests that this dialect can carry without a loss. */
export const anyRequest: fc.Arbitrary<CanonicalRequest> = fc
  .record({
    exchanges: fc.array(exchange, { minLength: 1, maxLength: 3 }),
    system: fc.array(textBlock, { maxLength: 2 }),
    settings,
    tools: fc.option(
      fc.record({ tools, toolChoice: fc.constantFrom('auto' as const, 'none' as const, 'required' as const, { name: 'f' }) }),
    ),
  })
  .map((parts) => ({
    ...parts.settings,
    ...parts.tools,
    model: 'gemini-2.5-flash',
    stream: false,
    turns: turnsOf(parts.exchanges, parts.system),
  }));

const answerBlock: fc.Arbitrary<Block> = fc.oneof(
  textBlock,
  text.map((content): Block => ({ type: 'thinking', text: content })),
  fc.tuple(text, ownSeal).map(([content, seal]): Block => ({ type: 'thinking', text: content, seal })),
  fc.tuple(text, ownSeal).map(([content, seal]): Block => ({ type: 'text', text: content, seal })),
  fc.tuple(fc.uuid(), name, argumentsText).map(([id, tool, args]): Block => ({ type: 'tool-call', id, name: tool, arguments: args })),
  fc.constant<Block>({ type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'iVBORw0K' } }),
);

/** Counts that this dialect can state: it has no field for cache writes. */
const usage: fc.Arbitrary<Usage> = fc
  .record({
    inputText: count,
    inputCacheRead: count,
    inputAudio: count,
    inputImage: count,
    inputServerTool: count,
    outputText: count,
    outputReasoning: count,
    outputAudio: count,
    outputImage: count,
  })
  .map((counts) => ({ ...emptyUsage(), ...counts }));

/** Answers that this dialect can carry without a loss. */
export const anyResponse: fc.Arbitrary<CanonicalResponse> = fc
  .record({
    id: fc.uuid(),
    blocks: fc.array(answerBlock, { maxLength: 6 }),
    stop: fc.constantFrom('end' as const, 'length' as const, 'filter' as const),
    usage,
  })
  .map(({ id, blocks, stop, usage: counts }) => {
    const hasCalls = blocks.some((block) => block.type === 'tool-call');
    return { id, model: 'gemini-x', blocks: joined(blocks), stop: hasCalls && stop === 'end' ? 'tool' : stop, usage: counts };
  });

/** Neighbouring texts of one kind are one block, unless a seal stands between them. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const result: Block[] = [];
  for (const block of blocks) {
    const last = result.at(-1);
    const isText = block.type === 'text' || block.type === 'thinking';
    if (isText && last?.type === block.type && last.seal === undefined)
      result[result.length - 1] = { ...block, text: last.text + block.text };
    else result.push(block);
  }
  return result;
}
