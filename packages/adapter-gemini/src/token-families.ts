import { type ImageFacts, type MediaTokens, type TokenFamily, usualWeightsTimes } from '@tollgate/plugin-kit';

/** Guide "Understand and count tokens": 258 tokens for a small image, and for each tile of 768 pixels of a larger one. */
const tileTokens = 258;
const smallSideMax = 384;
const tileSide = 768;
/** Guide "Media resolution": what generation 3 takes for an image and for a page unless told otherwise. */
const laterImageTokens = 1_120;
const laterPageTokens = 560;

const sounds = { audioPerSecond: 32, videoPerSecond: 263 };

const tiles: MediaTokens = {
  ...sounds,
  documentPerPage: tileTokens,
  image: ({ width = tileSide, height = tileSide }: ImageFacts) =>
    width <= smallSideMax && height <= smallSideMax ? tileTokens : tileTokens * Math.ceil(width / tileSide) * Math.ceil(height / tileSide),
};

const fixedSizes: MediaTokens = { audioPerSecond: 32, videoPerSecond: 70, documentPerPage: laterPageTokens, image: () => laterImageTokens };

const text = { weights: usualWeightsTimes(1.05), field: 0.5, unseen: { toolCall: 8 } };

/** The vendor publishes no tokenizer: what its models make of texts was measured against the usual weights on recorded calls. */
export const geminiFamilies: readonly TokenFamily[] = [
  { id: 'gemini-from-3', models: [/gemini-(?:[3-9]|\d\d)/], ...text, media: fixedSizes },
  { id: 'gemini', models: [/gemini|gemma|learnlm/], ...text, media: tiles },
];
