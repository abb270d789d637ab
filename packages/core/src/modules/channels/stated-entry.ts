import { type ProviderAdapter, secretFields } from '@tollgate/plugin-kit';
import { ConfigurationError } from '../../foundation/errors.js';
import { schemaProblems } from '../../foundation/schema-problems.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { type ChannelEntry, channelEntryProblems, channelEntrySchema } from './channel-entry.js';
import { openConfig, openKey, openOptions } from './channel-secrets.js';
import type { StoredChannel } from './channel-store.js';
import { InvalidChannelError } from './channels-errors.js';

type Fields = Readonly<Record<string, unknown>>;

/** The channel as somebody would state it, secrets in clear. @throws InvalidChannelError if a secret can no longer be read. */
export function statedEntry(channel: StoredChannel, secretBox: SecretBox): Fields {
  const { id, name, provider, models, modelMapping, groups, priority, weight, enabled } = channel;
  try {
    const keys = channel.keys.map((key) => ({ key: openKey(id, key, secretBox), remark: key.remark, enabled: key.enabled }));
    const config = openConfig(id, channel, secretBox);
    return {
      name,
      provider,
      config,
      keys,
      models,
      modelMapping,
      groups,
      priority,
      weight,
      enabled,
      ...openOptions(id, channel, secretBox),
    };
  } catch (error) {
    if (error instanceof ConfigurationError) throw new InvalidChannelError([{ path: ['config'], message: error.message }]);
    throw error;
  }
}

/**
 * An entry with some fields changed. Null takes a field back to its default. A new `config` keeps the secrets that it does not name: whoever
 * sees a channel does not see them.
 */
export function changedFieldsOf(entry: Fields, patch: Fields, providers: ReadonlyMap<string, ProviderAdapter>): Fields {
  const stated = Object.entries(patch).filter(([, value]) => value !== undefined);
  const changed = Object.fromEntries([...Object.entries(entry), ...stated].filter(([name]) => patch[name] !== null));
  if (patch['config'] === undefined || patch['config'] === null) return changed;
  const adapter = providers.get(String(changed['provider']));
  const secretNames = new Set(adapter === undefined ? [] : secretFields(adapter.config));
  const kept = Object.entries(entry['config'] as Fields).filter(([name]) => secretNames.has(name));
  const config = Object.entries({ ...Object.fromEntries(kept), ...(patch['config'] as Fields) });
  return { ...changed, config: Object.fromEntries(config.filter(([name, value]) => value !== null || !secretNames.has(name))) };
}

/** @throws InvalidChannelError */
export function checkedEntry(fields: Fields, providers: ReadonlyMap<string, ProviderAdapter>): ChannelEntry {
  const parsed = channelEntrySchema.safeParse(fields);
  const problems = parsed.data === undefined ? parsed.error.issues.flatMap(schemaProblems) : channelEntryProblems(parsed.data, providers);
  if (parsed.data === undefined || problems.length > 0) throw new InvalidChannelError(problems);
  return parsed.data;
}
