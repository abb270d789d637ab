import { type Block, type CanonicalResponse, emptyUsage, type Vendor } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';

/** Never blank: not every vendor takes that. */
export const someText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 16 }).filter((text) => text.trim() !== ''),
  fc.constantFrom('data: x\n\n', '[DONE]', '"usage":{"', '</think>', '__proto__', '\u0000\u2028', '{"error":{}}'),
);
export const someId = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
export const someName = fc.oneof(fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_-]{0,20}$/), fc.constantFrom('constructor', 'toString'));
export const someArguments = fc
  .dictionary(someName, fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)), { maxKeys: 3 })
  .map((value) => JSON.stringify(value));

const count = fc.nat({ max: 1_000_000 });
const seals = fc.base64String({ minLength: 4, maxLength: 16 });

/** What any dialect has a word for. */
function plainBlock(vendor: Vendor): fc.Arbitrary<Block> {
  return fc.oneof(
    { weight: 3, arbitrary: someText.map((text): Block => ({ type: 'text', text })) },
    {
      weight: 3,
      arbitrary: fc.record({ id: someId, name: someName, arguments: someArguments }).map((call): Block => ({ type: 'tool-call', ...call })),
    },
    someText.map((text): Block => ({ type: 'thinking', text })),
    fc.tuple(someText, seals).map(([text, value]): Block => ({ type: 'thinking', text, seal: { vendor, value } })),
  );
}

/** What only some have. */
function richBlock(vendor: Vendor): fc.Arbitrary<Block> {
  return fc.oneof(
    { weight: 3, arbitrary: plainBlock(vendor) },
    seals.map((value): Block => ({ type: 'thinking', text: '', redacted: true, seal: { vendor, value } })),
    fc.tuple(someText, seals).map(([text, value]): Block => ({ type: 'text', text, seal: { vendor, value } })),
    fc.record({ id: someId, name: someName, arguments: someText }).map((call): Block => ({ type: 'tool-call', ...call, freeform: true })),
    fc.tuple(someText, someText).map(([text, title]): Block => {
      return { type: 'text', text, citations: [{ url: 'https://example.org/', title }] };
    }),
    fc.constant<Block>({ type: 'media', media: 'image', mimeType: 'image/png', source: { base64: 'iVBORw0K' } }),
    fc.constant<Block>({ type: 'opaque', dialect: 'elsewhere', data: { type: 'news' } }),
  );
}

function answers(blocks: fc.Arbitrary<Block>): fc.Arbitrary<CanonicalResponse> {
  return fc
    .record({
      id: someId,
      model: someName,
      blocks: fc.array(blocks, { maxLength: 6 }).map(withOwnIds),
      otherStop: fc.constantFrom('end' as const, 'length' as const),
      usage: fc
        .record({ inputText: count, inputCacheRead: count, outputText: count, outputReasoning: count })
        .map((usage) => ({ ...emptyUsage(), ...usage })),
    })
    .map(({ otherStop, ...answer }) => ({ ...answer, stop: answer.blocks.some(({ type }) => type === 'tool-call') ? 'tool' : otherStop }));
}

/** Two calls of one answer have two ids. */
function withOwnIds(blocks: readonly Block[]): readonly Block[] {
  return blocks.map((block, index) => (block.type === 'tool-call' ? { ...block, id: `${block.id}_${index}` } : block));
}

/**
 * Answers of what every dialect has words for, with one thought at most: chat has one place for the words of all thoughts, and tells those
 * again that a seal vouches for.
 */
export function plainAnswers(vendor: Vendor): fc.Arbitrary<CanonicalResponse> {
  return answers(plainBlock(vendor)).map((response) => {
    const first = response.blocks.findIndex(({ type }) => type === 'thinking');
    return { ...response, blocks: response.blocks.filter(({ type }, index) => type !== 'thinking' || index === first) };
  });
}

/** Answers of anything that the canonical form can say. */
export function anyAnswers(vendor: Vendor): fc.Arbitrary<CanonicalResponse> {
  return answers(richBlock(vendor));
}
