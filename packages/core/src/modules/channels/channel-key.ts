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
const hintedCharactersMin = 20;

/** `sk-p…3fQz`, of the longest secret. */
export function keyHintOf(secrets: Readonly<Record<string, unknown>>): string {
  const texts = Object.values(secrets).filter((value): value is string => typeof value === 'string');
  const longest = texts.reduce((one, other) => (other.length > one.length ? other : one), '');
  if (longest.length < hintedCharactersMin) return '…';
  return `${longest.slice(0, shownAtStart)}…${longest.slice(-shownAtEnd)}`;
}

/** Bound to the channel: equal keys of two channels do not look equal to whoever reads the database. */
export function keyFingerprintOf(channelId: string, secrets: Readonly<Record<string, unknown>>, secretBox: SecretBox): string {
  const sorted = Object.entries(secrets).sort(([one], [other]) => (one < other ? -1 : 1));
  return secretBox.fingerprint(JSON.stringify(sorted), `key of channel ${channelId}`);
}
