import {
  type ImageFacts,
  type MediaTokens,
  type ProviderAdapter,
  type TokenFamily,
  type Tokenizer,
  usualWeightsTimes,
} from '@tollgate/plugin-kit';
import { type CharacterScale, characterScale } from './character-scale.js';

/** What estimates need of a family, ready for use. */
export interface TokenScale extends CharacterScale {
  /** Undefined for models that no family claims. */
  readonly family: string | undefined;
  /** Tokens of each field and element. */
  readonly field: number;
  readonly unseenInCall: number;
  readonly unseenWithTools: number;
  /** Around each call of a tool in an answer. */
  readonly unseenInToolCall: number;
  readonly media: Required<MediaTokens>;
  /** True where the vendor writes input to its cache, at a price, without being asked to. */
  readonly writesCacheUnasked: boolean;
  /** Counts exactly, where the family has one that is public. */
  readonly tokenizer: Tokenizer | undefined;
}

/** For media of which no family says more: what a picture of middling size, and a page, come to at most vendors. */
const usualMedia: Required<MediaTokens> = {
  image: () => 1_000,
  audioPerSecond: 25,
  videoPerSecond: 300,
  documentPerPage: 1_500,
};

/** Nobody knows how much more a model that no family claims makes of a text. */
const cautionFactor = 1.1;

/** For models that no family claims. */
export const usualScale: TokenScale = scaleOf({
  id: '',
  models: [],
  weights: usualWeightsTimes(cautionFactor, { wide: 0.9 }),
  field: 0.7,
  unseen: { toolCall: 15 },
});

/** Names come from callers where a channel takes any. */
const rememberedModelsMax = 1_000;

/** Finds the scale of a model at a provider, and remembers it. */
export class TokenFamilies {
  readonly #scales = new WeakMap<TokenFamily, TokenScale>();
  readonly #found = new WeakMap<object, Map<string, TokenScale>>();

  /** By the name of the model at the upstream. */
  scaleFor({ tokenFamilies }: Pick<ProviderAdapter, 'tokenFamilies'>, model: string): TokenScale {
    if (tokenFamilies === undefined) return usualScale;
    let found = this.#found.get(tokenFamilies);
    if (found === undefined) this.#found.set(tokenFamilies, (found = new Map()));
    const known = found.get(model);
    if (known !== undefined) return known;
    const family = tokenFamilies.find(({ models }) => models.some((pattern) => pattern.test(model)));
    const scale = family === undefined ? usualScale : this.#scaleOf(family);
    if (found.size >= rememberedModelsMax) found.clear();
    found.set(model, scale);
    return scale;
  }

  #scaleOf(family: TokenFamily): TokenScale {
    const known = this.#scales.get(family) ?? scaleOf(family);
    this.#scales.set(family, known);
    return known;
  }
}

/** Compiles a family. */
export function scaleOf({ id, weights, field, unseen, media, writesCacheUnasked, tokenizer }: TokenFamily): TokenScale {
  const { tokensIn } = characterScale(weights);
  return {
    family: id === '' ? undefined : id,
    tokensIn,
    field,
    tokenizer,
    unseenInCall: unseen?.call ?? 0,
    unseenWithTools: unseen?.tools ?? 0,
    unseenInToolCall: unseen?.toolCall ?? 0,
    writesCacheUnasked: writesCacheUnasked === true,
    media: { ...usualMedia, ...media, image: (facts) => plausibleImage(media?.image ?? usualMedia.image, facts) },
  };
}

/** No plugin's arithmetic shall spoil what is held for a call. */
function plausibleImage(image: NonNullable<MediaTokens['image']>, facts: ImageFacts): number {
  const tokens = image(facts);
  return Number.isFinite(tokens) && tokens >= 0 ? tokens : usualMedia.image({});
}
