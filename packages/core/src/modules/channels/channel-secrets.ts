import { type ProviderAdapter, secretFields } from '@tollgate/plugin-kit';
import type { SecretBox } from '../../foundation/secret-box.js';

type Config = Readonly<Record<string, unknown>>;

/** A channel's configuration as it is stored: secrets apart, each sealed by itself. */
export interface SealedConfig {
  readonly config: Config;
  /** Field → sealed text. */
  readonly secrets: Readonly<Record<string, string>>;
}

export function sealConfig(adapter: ProviderAdapter, channelId: string, given: Config, secretBox: SecretBox): SealedConfig {
  const secretNames = new Set(secretFields(adapter.config));
  const fields = Object.entries(given);
  return {
    config: Object.fromEntries(fields.filter(([name]) => !secretNames.has(name))),
    secrets: Object.fromEntries(
      fields
        .filter(([name, value]) => secretNames.has(name) && value !== undefined)
        .map(([name, value]) => [name, secretBox.seal(JSON.stringify(value), contextOf(channelId, name))]),
    ),
  };
}

/** The reverse of {@link sealConfig}. @throws ConfigurationError if a secret cannot be decrypted. */
export function openConfig(channelId: string, sealed: SealedConfig, secretBox: SecretBox): Config {
  const secrets = Object.entries(sealed.secrets).map(([name, text]) => [
    name,
    JSON.parse(secretBox.open(text, contextOf(channelId, name))) as unknown,
  ]);
  return { ...sealed.config, ...(Object.fromEntries(secrets) as Config) };
}

function contextOf(channelId: string, field: string): string {
  return `channel ${channelId} ${field}`;
}
