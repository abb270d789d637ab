import type { SecretBox } from '../../foundation/secret-box.js';

/** One of a channel's credentials, ready for the relay. It is known by its id wherever it stands in the list, and keeps it when others go. */
export interface ChannelKey {
  readonly id: string;
  /** How people recognise it: its first and last characters. */
  readonly hint: string;
  /** The channel's configuration with this key in it, as the adapter's schema gives it. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The same as it is stored. */
export interface StoredKey {
  readonly id: string;
  /** Field of the provider's configuration → sealed text. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Of the secrets in clear: tells equal keys of a channel without opening them. */
  readonly fingerprint: string;
  readonly hint: string;
  readonly remark?: string;
  readonly enabled: boolean;
  readonly createdAt: number;
}

const shownAtStart = 4;
const shownAtEnd = 4;
/** Of shorter keys nothing is shown: what is left would be guessed. */
export const hintedCharactersMin = 20;
const leftOut = '…';

/** `sk-p…3fQz`, of the longest secret. */
export function keyHintOf(secrets: Readonly<Record<string, unknown>>): string {
  const texts = Object.values(secrets).filter((value): value is string => typeof value === 'string');
  const longest = texts.reduce((one, other) => (other.length > one.length ? other : one), '');
  if (longest.length < hintedCharactersMin) return leftOut;
  return `${longest.slice(0, shownAtStart)}${leftOut}${longest.slice(-shownAtEnd)}`;
}

/** Which hints show a text: those that begin with `start`, or end with `end`. */
export interface HintSearch {
  readonly start: string;
  readonly end?: string;
}

/** Of a beginning that is longer than what hints show of one, what they do show. */
export function hintSearchOf(text: string): HintSearch {
  if (text.length <= shownAtStart || text.includes(leftOut)) return { start: text, end: text };
  return { start: `${text.slice(0, shownAtStart)}${leftOut}` };
}

export function showsHint(hint: string, text: string): boolean {
  const { start, end } = hintSearchOf(text);
  return hint.startsWith(start) || (end !== undefined && hint.endsWith(end));
}

/** True for the beginning of a key of which hints show only a part: it may mean more channels than were thought of. */
export function isVagueHint(text: string): boolean {
  return text.length < hintedCharactersMin && hintSearchOf(text).end === undefined;
}

/** Bound to the channel: equal keys of two channels do not look equal to whoever reads the database. */
export function keyFingerprintOf(channelId: string, secrets: Readonly<Record<string, unknown>>, secretBox: SecretBox): string {
  const sorted = Object.entries(secrets).sort(([one], [other]) => (one < other ? -1 : 1));
  return secretBox.fingerprint(JSON.stringify(sorted), `key of channel ${channelId}`);
}
