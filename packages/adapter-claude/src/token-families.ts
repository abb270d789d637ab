import { type ImageFacts, type MediaTokens, type TokenFamily, usualWeightsTimes } from '@tollgate/plugin-kit';

/** Guide "Vision": tokens are pixels divided by 750, after an image has been shrunk to 1,568 pixels on its longer side. */
const pixelsPerToken = 750;
const longSideMax = 1_568;
const imageTokensMax = 1_600;

/** Guide "PDF support": 1,500 to 3,000 tokens of text for a page, and its picture. */
const documentPerPage = 3_500;

const media: MediaTokens = {
  documentPerPage,
  image: ({ width, height }: ImageFacts) => {
    if (width === undefined || height === undefined) return imageTokensMax;
    const shrink = Math.min(1, longSideMax / Math.max(width, height));
    return Math.min(imageTokensMax, (width * height * shrink * shrink) / pixelsPerToken);
  },
};

/** Page "Tool use": the prompt that comes with tools. Around calls: from recorded answers. */
const unseen = { call: 5, tools: 330, toolCall: 33 };

/** The vendor publishes no tokenizer: what its models make of texts was measured against the usual weights on recorded calls. */
export const claudeFamilies: readonly TokenFamily[] = [
  {
    id: 'claude-from-4-7',
    models: [/claude-[a-z]+-(?:4-[7-9]|[5-9])(?!\d{6})/],
    weights: usualWeightsTimes(1.5, { wide: 1.2 }),
    field: 0.7,
    unseen,
    media,
  },
  { id: 'claude', models: [/claude/], weights: usualWeightsTimes(1.15, { wide: 1 }), field: 0.7, unseen, media },
];
