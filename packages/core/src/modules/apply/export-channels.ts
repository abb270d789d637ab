import { isDeepStrictEqual } from 'node:util';
import { secretFields } from '@tollgate/plugin-kit';
import { channelEntrySchema, type StoredChannel, statedSecrets } from '../channels/index.js';
import type { ApplyContext } from './apply-context.js';
import { type ExportPlaceholders, withoutVariables } from './export-placeholders.js';

type Fields = Readonly<Record<string, unknown>>;

/** Channels as an apply file has them. No secret is opened for it. */
export function exportedChannels(
  channels: readonly StoredChannel[],
  { providers }: ApplyContext,
  placeholders: ExportPlaceholders,
): readonly Fields[] {
  return channels.map((channel, index) => exportedChannel(channel, index, providers, placeholders));
}

function exportedChannel(
  channel: StoredChannel,
  index: number,
  providers: ApplyContext['providers'],
  placeholders: ExportPlaceholders,
): Fields {
  const { name, provider, models, modelMapping, groups, priority, weight, enabled, options, keys } = channel;
  const adapter = providers.get(provider);
  // A field may have become secret since it was stored.
  const secretNames = new Set(adapter === undefined ? [] : secretFields(adapter.config));
  const open = Object.entries(channel.config).filter(([field]) => !secretNames.has(field));
  const { ofConfig, ofOptions } = statedSecrets(channel);
  const hidden = [...new Set([...ofConfig, ...Object.keys(channel.config).filter((field) => secretNames.has(field))])].sort();
  const place = ['channels', index];
  const config = [
    ...open.map(([field, value]) => [field, withoutVariables(value)] as const),
    ...hidden.map((field) => [field, placeholders.at([...place, 'config', field], 'channel', name, field)] as const),
  ];
  const keyEntries = keys.map((key, at) => {
    const secrets = Object.keys(key.secrets).map((field) => {
      const words = ['channel', name, 'key', String(at + 1), ...(Object.keys(key.secrets).length === 1 ? [] : [field])];
      return [field, placeholders.at([...place, 'keys', at], ...words)] as const;
    });
    const [only] = secrets;
    const value = secrets.length === 1 && secretNames.size === 1 ? only?.[1] : Object.fromEntries(secrets);
    const { remark, enabled: isEnabled } = key;
    if (remark === undefined && isEnabled) return typeof value === 'string' ? value : { key: value };
    return { key: value, ...(remark === undefined ? {} : { remark: withoutVariables(remark) }), ...(isEnabled ? {} : { enabled: false }) };
  });
  const secretOptions = ofOptions.map((field) => [field, placeholders.at([...place, field], 'channel', name, field)] as const);
  const rest = { models, modelMapping, groups, priority, weight, ...options, enabled };
  return {
    name: withoutVariables(name),
    provider: withoutVariables(provider),
    ...(config.length === 0 ? {} : { config: Object.fromEntries(config) }),
    ...(keyEntries.length === 0 ? {} : { keys: keyEntries }),
    ...Object.fromEntries(Object.entries(rest).flatMap(([field, value]) => notDefault(field, value))),
    ...Object.fromEntries(secretOptions),
  };
}

const defaults: Fields = channelEntrySchema.parse({ name: 'any', provider: 'any', models: ['any'] });

function notDefault(field: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined || (field !== 'models' && isDeepStrictEqual(value, defaults[field]))) return [];
  return [[field, withoutVariables(value)]];
}
