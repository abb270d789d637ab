import {
  type Tokenizer,
  type CharacterWeights,
  type ImageFacts,
  type MediaTokens,
  type TokenFamily,
  usualCharacterWeights,
  usualWeightsTimes,
} from '@tollgate/plugin-kit';

/** Fitted to `cl100k_base` over the same texts as the usual weights to `o200k_base`. */
const olderWeights: CharacterWeights = {
  word: 0,
  letter: 0.221,
  digit: 0.794,
  punctuation: 0.308,
  space: 0.339,
  wide: 1.024,
  other: 0.71,
};

/** Nobody knows the size of an image behind an address; many are photographs of about this size. */
const usualWidth = 1_024;
const usualHeight = 768;

/** Guide "Images and vision", the tokens of images. */
const tileSide = 512;
const tiledLongSideMax = 2_048;
const tiledShortSideMax = 768;
const patchSide = 32;
const patchesMax = 1_536;

const audioPerSecond = 10;

/** An image is fitted into a square, then its shorter side to 768 pixels, and paid by tiles; a low detail is the base alone. */
function byTiles(base: number, perTile: number): MediaTokens {
  return {
    audioPerSecond,
    image: ({ width = usualWidth, height = usualHeight, detail }: ImageFacts) => {
      if (detail === 'low') return base;
      const fitted = Math.min(1, tiledLongSideMax / Math.max(width, height));
      const shrink = fitted * Math.min(1, tiledShortSideMax / (Math.min(width, height) * fitted));
      return base + perTile * Math.ceil((width * shrink) / tileSide) * Math.ceil((height * shrink) / tileSide);
    },
  };
}

/** Small models pay by patches of 32 pixels, as many times over as the model is cheaper than its price says. */
function byPatches(factor: number): MediaTokens {
  return {
    audioPerSecond,
    image: ({ width = usualWidth, height = usualHeight }: ImageFacts) =>
      factor * Math.min(patchesMax, Math.ceil(width / patchSide) * Math.ceil(height / patchSide)),
  };
}

/** Names of control tokens in a caller's text are text. */
const options = { disallowedSpecial: new Set<string>() };
const cl100k: Tokenizer = { id: 'cl100k_base', module: 'gpt-tokenizer/encoding/cl100k_base', from: import.meta.url, options };
const o200k: Tokenizer = { id: 'o200k_base', module: 'gpt-tokenizer/encoding/o200k_base', from: import.meta.url, options };

const own = '^(?:openai/)?(?:ft:)?';
const newer = { weights: usualCharacterWeights, tokenizer: o200k, field: 0.7, unseen: { call: 3, toolCall: 9 } };

/** The vendor's own models. Their tokenizers are public; what stands around texts and tools was fitted to recorded calls. */
export const openaiFamilies: readonly TokenFamily[] = [
  {
    id: 'gpt-before-4o',
    models: [new RegExp(`${own}(?:gpt-3\\.5|gpt-4(?![.o\\d]))`), /^text-embedding-|^(?:davinci|babbage)-002/],
    weights: olderWeights,
    tokenizer: cl100k,
    field: 0.7,
    unseen: { call: 3, toolCall: 9 },
    media: byTiles(85, 170),
  },
  { id: 'gpt-4o-mini', models: [new RegExp(`${own}gpt-4o-mini`)], ...newer, media: byTiles(2_833, 5_667) },
  { id: 'gpt-mini', models: [new RegExp(`${own}(?:gpt-4\\.1-mini|gpt-[5-9][.\\d]*-mini)`)], ...newer, media: byPatches(1.62) },
  { id: 'gpt-nano', models: [new RegExp(`${own}(?:gpt-4\\.1-nano|gpt-[5-9][.\\d]*-nano)`)], ...newer, media: byPatches(2.46) },
  { id: 'o4-mini', models: [new RegExp(`${own}o4-mini`)], ...newer, media: byPatches(1.72) },
  // Guide "Prompt caching": from here on what is written to the cache has a price, and is written unless the caller forbids it.
  {
    id: 'gpt-from-5-6',
    models: [new RegExp(`${own}gpt-(?:5\\.(?:[6-9]|\\d\\d)|[6-9])`)],
    ...newer,
    media: byTiles(70, 140),
    writesCacheUnasked: true,
  },
  { id: 'gpt-5', models: [new RegExp(`${own}gpt-[5-9]`)], ...newer, media: byTiles(70, 140) },
  { id: 'o', models: [new RegExp(`${own}o\\d`)], ...newer, media: byTiles(75, 150) },
  { id: 'gpt', models: [new RegExp(`${own}(?:gpt-|chatgpt-|codex-)`)], ...newer, media: byTiles(85, 170) },
];

/**
 * What compatible servers serve, by the names that the models have there. Their makers publish vocabularies or rules of thumb; recordings
 * are too few to fit more than what stands around calls of tools.
 */
export const compatibleFamilies: readonly TokenFamily[] = [
  ...openaiFamilies,
  // The maker's documentation: a Chinese character is about 0.6 tokens, an English one 0.3 at most.
  {
    id: 'deepseek',
    models: [/deepseek/i],
    weights: usualWeightsTimes(1.05, { wide: 0.6 }),
    field: 0.7,
    unseen: { tools: 250, toolCall: 37 },
  },
  { id: 'qwen', models: [/qwen|qwq/i], weights: usualWeightsTimes(1.1, { wide: 0.65 }), field: 0.7, unseen: { tools: 100, toolCall: 15 } },
  { id: 'glm', models: [/glm/i], weights: usualWeightsTimes(1.05, { wide: 0.65 }), field: 0.7, unseen: { call: 4, toolCall: 15 } },
  { id: 'kimi', models: [/kimi|moonshot/i], weights: usualWeightsTimes(1.05, { wide: 0.6 }), field: 0.7, unseen: { toolCall: 15 } },
  {
    id: 'llama',
    models: [/llama|sonar/i],
    weights: usualWeightsTimes(1.05, { wide: 0.9 }),
    field: 0.7,
    unseen: { call: 10, toolCall: 13 },
  },
  {
    id: 'mistral',
    models: [/mi[sx]tral|ministral|magistral|codestral|devstral|pixtral/i],
    weights: usualWeightsTimes(1.1, { wide: 0.8 }),
    field: 0.7,
    unseen: { toolCall: 15 },
  },
  { id: 'grok', models: [/grok/i], weights: usualWeightsTimes(1.05, { wide: 0.8 }), field: 0.7, unseen: { tools: 200, toolCall: 19 } },
  {
    id: 'resold-claude',
    models: [/claude/i],
    weights: usualWeightsTimes(1.2, { wide: 1 }),
    field: 0.7,
    unseen: { tools: 330, toolCall: 33 },
  },
  { id: 'resold-gemini', models: [/gemini|gemma/i], weights: usualWeightsTimes(1.05), field: 0.7, unseen: { toolCall: 8 } },
];
