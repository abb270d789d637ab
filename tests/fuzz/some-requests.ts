import type { Block, CanonicalRequest, ToolDefinition, Turn } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { someArguments, someId, someName, someText } from './some-answers.js';
import { fuzzModel } from './translation.js';

const text = someText.map((value): Block => ({ type: 'text', text: value }));
const media: fc.Arbitrary<Block> = fc.constantFrom<Block>(
  { type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'iVBORw0K' } },
  { type: 'media', media: 'image', mimeType: 'image/jpeg', source: { url: 'https://example.org/a.jpg' } },
);
const odd: fc.Arbitrary<Block> = fc.oneof(
  fc.constantFrom<Block>(
    { type: 'media', media: 'audio', mimeType: 'audio/wav', source: { base64: 'UklGRg==' } },
    { type: 'media', media: 'file', mimeType: 'application/pdf', filename: 'a.pdf', source: { base64: 'JVBERi0=' } },
    { type: 'media', media: 'video', mimeType: 'video/mp4', source: { url: 'https://example.org/a.mp4' } },
    { type: 'media', media: 'file', source: { fileId: 'file-1', vendor: 'elsewhere' } },
    { type: 'opaque', dialect: 'elsewhere', data: { type: 'news' } },
  ),
  text.map((block) => ({ ...block, cache: { lifetime: '1h' as const } })),
);

interface Exchange {
  readonly question: readonly Block[];
  readonly thinking: string | null;
  readonly words: readonly Block[];
  readonly calls: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
    readonly result: string;
    readonly failed: boolean;
  }[];
}

function someExchange(asked: fc.Arbitrary<Block>): fc.Arbitrary<Exchange> {
  return fc.record({
    question: fc.array(asked, { minLength: 1, maxLength: 3 }),
    thinking: fc.option(someText, { freq: 2 }),
    words: fc.array(text, { maxLength: 1 }),
    calls: fc.array(fc.record({ id: someId, name: someName, arguments: someArguments, result: someText, failed: fc.boolean() }), {
      maxLength: 3,
    }),
  });
}

/** As conversations go: instructions, question, answer, results before the next question. */
function turnsOf(system: readonly Block[], exchanges: readonly Exchange[]): readonly Turn[] {
  const turns: Turn[] = system.length === 0 ? [] : [{ role: 'system', blocks: system }];
  let results: readonly Block[] = [];
  for (const [number, { question, thinking, words, calls }] of exchanges.entries()) {
    turns.push({ role: 'user', blocks: [...results, ...question] });
    const named = calls.map((call, place) => ({ ...call, id: `${call.id}_${number}_${place}` }));
    const made = named.map(({ id, name, arguments: given }): Block => ({ type: 'tool-call', id, name, arguments: given }));
    const said = [...words, ...made];
    turns.push({
      role: 'assistant',
      blocks: [
        ...(thinking === null ? [] : [{ type: 'thinking' as const, text: thinking }]),
        ...(said.length > 0 ? said : [{ type: 'text' as const, text: 'Yes.' }]),
      ],
    });
    results = named.map(({ id, name, result, failed }) => {
      return { type: 'tool-result', callId: id, name, content: [{ type: 'text', text: result }], ...(failed ? { failed: true } : {}) };
    });
  }
  return [...turns, { role: 'user', blocks: [...results, { type: 'text', text: 'Go on.' }] }];
}

const someTool: fc.Arbitrary<ToolDefinition> = fc
  .record({ name: someName, description: someText, properties: fc.dictionary(someName, fc.constant({ type: 'string' }), { maxKeys: 3 }) })
  .map(({ name, description, properties }) => ({ name, description, parameters: { type: 'object', properties } }));

const plainSettings = {
  stream: fc.boolean(),
  outputTokensMax: fc.integer({ min: 16, max: 8_000 }),
  temperature: fc.constantFrom(0, 0.5, 1),
  topP: fc.constantFrom(0.25, 1),
  toolChoice: fc.constantFrom('auto' as const, 'required' as const, 'first' as const),
};

function requests(asked: fc.Arbitrary<Block>): fc.Arbitrary<CanonicalRequest> {
  return fc
    .record({
      system: fc.array(text, { maxLength: 1 }),
      exchanges: fc.array(someExchange(asked), { minLength: 1, maxLength: 3 }),
      tools: fc.uniqueArray(someTool, { selector: ({ name }) => name, maxLength: 3 }),
      ...plainSettings,
    })
    .map(({ system, exchanges, tools, toolChoice, temperature, topP, ...rest }) => ({
      model: fuzzModel,
      ...rest,
      sampling: { temperature, topP },
      turns: turnsOf(system, exchanges),
      ...(tools.length === 0 ? {} : { tools, toolChoice: toolChoice === 'first' ? { name: tools[0]?.name ?? '' } : toolChoice }),
    }));
}

/** Conversations of what every dialect has words for. */
export const plainRequests: fc.Arbitrary<CanonicalRequest> = requests(fc.oneof({ weight: 3, arbitrary: text }, media)).map(
  ({ turns, ...rest }) => ({ ...rest, turns: turns.map(withoutRarities) }),
);

/** Not every dialect has failed results, and thinking goes back to its own vendor only. */
function withoutRarities({ role, blocks }: Turn): Turn {
  const kept = blocks.filter(({ type }) => type !== 'thinking');
  return {
    role,
    blocks: kept.map((block) => {
      if (block.type !== 'tool-result') return block;
      const { failed: _failed, ...rest } = block;
      return rest;
    }),
  };
}

/** Conversations of anything that can be asked. */
export const anyRequests: fc.Arbitrary<CanonicalRequest> = fc
  .tuple(
    requests(fc.oneof(text, media, odd)),
    fc.record(
      {
        stopSequences: fc.array(someText, { minLength: 1, maxLength: 2 }),
        endUser: someId,
        thinking: fc.constantFrom(
          { mode: 'on' as const, effort: 'high' as const },
          { mode: 'on' as const, budgetTokens: 2_048 },
          { mode: 'off' as const },
        ),
        format: fc.constantFrom(
          { type: 'json' as const },
          { type: 'json-schema' as const, name: 'x', schema: { type: 'object', properties: {} } },
        ),
        parallelToolCalls: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([request, settings]) => ({ ...request, ...settings }));
