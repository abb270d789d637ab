import { type ProviderAdapter, secretFields } from '@tollgate/plugin-kit';
import { ConfigurationError } from '../../foundation/errors.js';
import { newId } from '../../foundation/ids.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { keyFingerprintOf, keyHintOf, type StoredKey } from './channel-key.js';
import { type ChannelOptions, secretOptions } from './channel-options.js';

export type Config = Readonly<Record<string, unknown>>;
type Sealed = Readonly<Record<string, string>>;

/** A channel's configuration as it is stored: secrets apart, each sealed by itself. */
export interface SealedConfig {
  readonly config: Config;
  /** Field → sealed text. */
  readonly secrets: Sealed;
}

/** A key as somebody states it. */
export interface GivenKey {
  /** The secret fields of the provider's configuration. */
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly remark?: string | undefined;
  readonly enabled: boolean;
}

/** A channel's own fields among the sealed ones: no field of a provider's configuration has such a name. */
const optionMark = '@';

/** @param known what is stored: a secret that has not changed stays as it is, so that whoever compares sees no change. */
export function sealConfig(
  adapter: ProviderAdapter,
  channelId: string,
  given: Config,
  options: ChannelOptions,
  secretBox: SecretBox,
  known: Sealed = {},
): SealedConfig & { readonly options: ChannelOptions } {
  const secretNames = new Set(secretFields(adapter.config));
  const fields = Object.entries(given);
  const hidden = [
    ...fields.filter(([name]) => secretNames.has(name)),
    ...Object.entries(options).flatMap(([name, value]) => (secretOptions.has(name) ? [[`${optionMark}${name}`, value] as const] : [])),
  ];
  return {
    config: Object.fromEntries(fields.filter(([name]) => !secretNames.has(name))),
    secrets: sealed(Object.fromEntries(hidden), (name) => contextOf(channelId, name), secretBox, known),
    options: Object.fromEntries(Object.entries(options).filter(([name]) => !secretOptions.has(name))) as ChannelOptions,
  };
}

/** Names of the fields that are stored sealed: of the provider's configuration, and of the channel's own options. */
export function statedSecrets({ secrets }: Pick<SealedConfig, 'secrets'>): {
  readonly ofConfig: readonly string[];
  readonly ofOptions: readonly string[];
} {
  const names = Object.keys(secrets);
  return {
    ofConfig: names.filter((name) => !name.startsWith(optionMark)),
    ofOptions: names.filter((name) => name.startsWith(optionMark)).map((name) => name.slice(optionMark.length)),
  };
}

/** The reverse of {@link sealConfig} for the provider's configuration. @throws ConfigurationError if a secret cannot be decrypted. */
export function openConfig(channelId: string, stored: SealedConfig, secretBox: SecretBox): Config {
  const secrets = Object.fromEntries(Object.entries(stored.secrets).filter(([name]) => !name.startsWith(optionMark)));
  return { ...stored.config, ...opened(secrets, (name) => contextOf(channelId, name), secretBox) };
}

/** Options with those that are secret. @throws ConfigurationError if one cannot be decrypted. */
export function openOptions(
  channelId: string,
  stored: SealedConfig & { readonly options: ChannelOptions },
  secretBox: SecretBox,
): ChannelOptions {
  const secrets = Object.fromEntries(Object.entries(stored.secrets).filter(([name]) => name.startsWith(optionMark)));
  const open = opened(secrets, (name) => contextOf(channelId, name), secretBox);
  return { ...stored.options, ...Object.fromEntries(Object.entries(open).map(([name, value]) => [name.slice(optionMark.length), value])) };
}

/** Sealed, in their order. A key that the channel has already keeps its id; of equal ones the first counts. */
export function sealKeys(
  channelId: string,
  given: readonly GivenKey[],
  known: readonly StoredKey[],
  now: number,
  secretBox: SecretBox,
): readonly StoredKey[] {
  const before = new Map(known.map((key) => [key.fingerprint, key]));
  const keys = new Map<string, StoredKey>();
  for (const { secrets, remark, enabled } of given) {
    const fingerprint = keyFingerprintOf(channelId, secrets, secretBox);
    if (keys.has(fingerprint)) continue;
    const same = before.get(fingerprint);
    const id = same?.id ?? newId();
    keys.set(fingerprint, {
      id,
      secrets: same?.secrets ?? sealed(secrets, (name) => keyContextOf(channelId, id, name), secretBox),
      fingerprint,
      hint: keyHintOf(secrets),
      ...(remark === undefined ? {} : { remark }),
      enabled,
      createdAt: same?.createdAt ?? now,
    });
  }
  return [...keys.values()];
}

/** The secret fields of a key. @throws ConfigurationError if one cannot be decrypted. */
export function openKey(
  channelId: string,
  { id, secrets }: Pick<StoredKey, 'id' | 'secrets'>,
  secretBox: SecretBox,
): Readonly<Record<string, unknown>> {
  return opened(secrets, (name) => keyContextOf(channelId, id, name), secretBox);
}

/** Those of the provider's configuration, opened; none where one cannot be decrypted, as nobody can search for those. */
export function openedConfigSecrets(channelId: string, secrets: Sealed, secretBox: SecretBox): Config {
  return unlessUndecipherable(() => openConfig(channelId, { config: {}, secrets }, secretBox));
}

/** The same of a key. */
export function openedKeySecrets(channelId: string, key: Pick<StoredKey, 'id' | 'secrets'>, secretBox: SecretBox): Config {
  return unlessUndecipherable(() => openKey(channelId, key, secretBox));
}

function unlessUndecipherable(open: () => Config): Config {
  try {
    return open();
  } catch (error) {
    if (error instanceof ConfigurationError) return {};
    throw error;
  }
}

function sealed(values: Config, contextFor: (name: string) => string, secretBox: SecretBox, known: Sealed = {}): Sealed {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  const sealedText = (name: string, value: unknown): string => {
    const text = JSON.stringify(value);
    const before = known[name];
    return before !== undefined && opens(before, text, contextFor(name), secretBox) ? before : secretBox.seal(text, contextFor(name));
  };
  return Object.fromEntries(entries.map(([name, value]) => [name, sealedText(name, value)]));
}

function opens(sealedText: string, expected: string, context: string, secretBox: SecretBox): boolean {
  try {
    return secretBox.open(sealedText, context) === expected;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

function opened(secrets: Sealed, contextFor: (name: string) => string, secretBox: SecretBox): Config {
  const entries = Object.entries(secrets).map(([name, text]) => [name, JSON.parse(secretBox.open(text, contextFor(name))) as unknown]);
  return Object.fromEntries(entries) as Config;
}

function contextOf(channelId: string, field: string): string {
  return `channel ${channelId} ${field}`;
}

function keyContextOf(channelId: string, keyId: string, field: string): string {
  return `channel ${channelId} key ${keyId} ${field}`;
}
