import type { FailureKind, UpstreamModel } from '@tollgate/plugin-kit';
import type { HabitName } from './habits/index.js';
import type { SpokenName } from './spoken-dialects.js';

/** One wire language of a place, and where it is spoken. */
export interface PresetSpeech {
  readonly dialect: SpokenName;
  /**
   * The path below the place's root: `/v1/chat/completions`. `{field}` stands for a field of the configuration. For Gemini it is what stands
   * before the version, which is nothing for most.
   */
  readonly path: string;
  /** Only these models are spoken to like this; all, if left out. */
  readonly models?: RegExp;
  /** What the place wants otherwise than the dialect's vendor. */
  readonly habits?: readonly HabitName[];
  /**
   * Fields of a request for which the place refuses the whole of it: they are left out, and their loss is said. Bytes that pass keep them;
   * where another habit edits every request, none does.
   */
  readonly refuses?: readonly string[];
  /** Used only by channels whose `config.dialects` names it. */
  readonly onDemand?: true;
  /** The place keeps answers, so that later requests may name them. */
  readonly keeps?: true;
}

/** Something that an operator fills in beside address and key. */
export interface PresetField {
  readonly title: string;
  readonly description?: string;
  /** The header that carries it. Without one, it stands in paths as `{field}` and has to be filled in. */
  readonly header?: string;
}

/** A refusal in the place's own words. */
export interface RefusalHint {
  /** What the error has for a code or a type. */
  readonly names?: readonly string[];
  /** What its message says, where names do not tell. */
  readonly says?: RegExp;
  readonly kind: FailureKind;
}

/** Where a list of models is, and how it looks: as the vendor of the dialect writes it, as a bare list, or as names in a result. */
export interface ModelListing {
  readonly path: string;
  readonly form?: 'list' | 'names-in-result';
  readonly hasPrices?: true;
}

/** Where a place says what is left for a key. Values are found by names from the outside in: `data.balance`. */
export interface PresetBalance {
  /** The path below the place's root. */
  readonly path: string;
  /** Where the list of accounts is, one in each currency; left out: there is one, and the answer tells it. */
  readonly each?: string;
  /** What is left; where `used` is stated, what there was before it was used. */
  readonly amount: string;
  /** What was used of it, with a path where another answer says so. */
  readonly used?: { readonly path?: string; readonly at: string; readonly inHundredths?: true };
  /** By ISO 4217, or where it stands. */
  readonly currency: string | { readonly at: string };
  /** Name of a region → its currency, where it is another. */
  readonly currencies?: Readonly<Record<string, string>>;
  /** An amount as high as this means that nothing bounds the key. */
  readonly unlimitedFrom?: number;
}

/**
 * A place that speaks as others do: where it is, which languages it understands, and what it does a little otherwise. It is data; a provider
 * is made of it by {@link presetProvider}.
 */
export interface Preset {
  /** What a channel names in its `provider` field. */
  readonly id: string;
  readonly title: string;
  /** The root below which the paths are; left out where only the operator knows it. */
  readonly baseUrl?: string;
  /** Other roots of the same place, which a channel may name instead of an address: `international`. */
  readonly regions?: Readonly<Record<string, string>>;
  /** Servers of one's own are often open. */
  readonly key?: 'optional';
  /** The header of the key in dialects that would have it as a bearer token. */
  readonly keyHeader?: string;
  readonly fields?: Readonly<Record<string, PresetField>>;
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Best first. Chat is also understood with thinking in tags, on demand. */
  readonly speaks: readonly PresetSpeech[];
  /** Where the place lists its models, or those that it is known to serve where it lists none, with what its documents say of them. */
  readonly models?: ModelListing | readonly (string | UpstreamModel)[];
  readonly balance?: PresetBalance;
  /** Vendors whose lists of prices hold here. */
  readonly prices?: readonly string[];
  readonly refusals?: readonly RefusalHint[];
}
