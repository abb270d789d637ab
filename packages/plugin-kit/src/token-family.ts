/** What a character is to a tokenizer, roughly: each kind costs about the same wherever it stands. */
export const characterKinds = ['letter', 'digit', 'punctuation', 'space', 'wide', 'other'] as const;

/**
 * `letter`: A to Z in either case. `punctuation`: whatever else is in ASCII. `space`: white space. `wide`: the scripts of China, Japan and
 * Korea. `other`: all other scripts, accented letters and emoji, each UTF-16 unit by itself.
 */
export type CharacterKind = (typeof characterKinds)[number];

/** Tokens for each character of a kind, and beside them `word` for each run of letters. None is negative. */
export type CharacterWeights = Readonly<Record<CharacterKind | 'word', number>>;

/**
 * Weights fitted to a large public vocabulary (`o200k_base`) over prose, code and data in a dozen languages: where nothing better is known,
 * and what families whose vendors publish no tokenizer are measured against.
 */
export const usualCharacterWeights: CharacterWeights = {
  word: 0.413,
  letter: 0.115,
  digit: 0.749,
  punctuation: 0.409,
  space: 0.287,
  wide: 0.686,
  other: 0.318,
};

/** The usual weights for a tokenizer that makes so many times as many tokens; `others` are weights that differ otherwise. */
export function usualWeightsTimes(factor: number, others: Partial<CharacterWeights> = {}): CharacterWeights {
  const scaled = Object.entries(usualCharacterWeights).map(([kind, weight]) => [kind, weight * factor]);
  return { ...(Object.fromEntries(scaled) as CharacterWeights), ...others };
}

/** What is known of an image that has not been looked at: the sides in pixels where its first bytes tell them. */
export interface ImageFacts {
  readonly width?: number;
  readonly height?: number;
  /** The resolution that the caller asked for, in the dialect's word: `low`, `high`, … */
  readonly detail?: string;
}

/** Tokens of media, by what can be told without opening them. What a family does not state, the kernel takes from its own usual figures. */
export interface MediaTokens {
  image?(facts: ImageFacts): number;
  readonly audioPerSecond?: number;
  readonly videoPerSecond?: number;
  readonly documentPerPage?: number;
}

/** A module that counts: its `countTokens(text, options)` returns a number. It is loaded in a thread of its own, when it is first needed. */
export interface Tokenizer {
  /** Name of the vocabulary, as counts tell it: `o200k_base`. */
  readonly id: string;
  /** As it would be imported: `some-package/some-vocabulary`. */
  readonly module: string;
  /** The file that would import it: `import.meta.url`. */
  readonly from: string;
  /** Handed on as the second argument; whatever a thread can be sent. */
  readonly options?: unknown;
}

export interface UnseenTokens {
  /** What the vendor adds to every call. */
  readonly call?: number;
  /** What it adds to a call that names tools: its own words on how to use them. */
  readonly tools?: number;
  /** What stands around each call of a tool in an answer. */
  readonly toolCall?: number;
}

/**
 * Models that cut texts into tokens alike. It is what calls are estimated by before they are sent, when what they may cost is set aside;
 * what they are charged for is what the upstream states.
 */
export interface TokenFamily {
  /** Lower case, `a-z0-9-`. */
  readonly id: string;
  /** Names of models at the upstream. Of a provider's families, the first of which a pattern matches counts. No pattern is global or sticky. */
  readonly models: readonly RegExp[];
  readonly weights: CharacterWeights;
  /** Tokens for each field and element of a request, for the brackets that vendors put around texts, and the keys. */
  readonly field: number;
  /** Tokens that nobody sees and that are counted all the same. */
  readonly unseen?: UnseenTokens;
  readonly media?: MediaTokens;
  /** Set where the vendor writes input to its prompt cache, at a price of its own, without being asked to. */
  readonly writesCacheUnasked?: true;
  /** Where the family's tokenizer is public: what counts texts exactly, where no upstream states a usage. */
  readonly tokenizer?: Tokenizer;
}
