import { type ProviderAdapter, secretFields } from '@tollgate/plugin-kit';
import { z } from 'zod';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import { nameSchema } from '../../foundation/name-schema.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { defaultGroup } from '../groups/index.js';
import { checkChannelConfig, type ConfigProblem } from './channel-config.js';
import { channelOptionShape, channelOptionsSchema } from './channel-options.js';
import { type GivenKey, sealConfig, sealKeys } from './channel-secrets.js';
import type { StoredChannel } from './channel-store.js';
import { privateAddressIn } from './private-address.js';

const groupName = nameSchema.meta({ title: 'A group, of this file or of the database' });

const keyValue = z.union([z.string().min(1), z.record(z.string(), z.unknown())], {
  error: 'Expected a key, or an object with the secret fields of the provider.',
});

/** What people want to remember of a key. */
export const keyRemarkSchema = z.string().max(2_000);

export const channelKeySchema = z.union(
  [
    z.string().min(1).meta({ secret: true }),
    z.strictObject({
      key: keyValue.meta({ title: 'The key, or the secret fields of the provider where it has several', secret: true }),
      remark: keyRemarkSchema.optional(),
      enabled: z.boolean().default(true),
    }),
  ],
  { error: 'Expected a key, or an object with the fields key, remark and enabled.' },
);

/** A channel as somebody states it: apply file and management API are checked by it. */
export const channelEntryShape = {
  name: nameSchema,
  provider: z.string().min(1).meta({ title: 'Id of a provider that a plugin brings' }),
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ title: 'As the provider wants it, and `dialects` to allow only some of its dialects' }),
  keys: z.array(channelKeySchema).default([]).meta({ title: 'Several keys, in the place of the one in `config`' }),
  models: z.array(nameSchema).meta({ title: 'Names under which callers ask for models' }),
  modelMapping: z
    .record(z.string(), nameSchema)
    .default({})
    .meta({ title: 'Name of a model → its name at the upstream, where that differs; `*` stands for any characters' }),
  groups: z.array(groupName).min(1).default([defaultGroup]),
  priority: z.int().min(-1_000_000).max(1_000_000).default(0).meta({ title: 'Higher is tried first' }),
  weight: z.int().min(0).max(1_000_000).default(1).meta({ title: 'Share among channels of the same priority' }),
  enabled: z.boolean().default(true),
  ...channelOptionShape,
};

export const channelEntrySchema = z.strictObject(channelEntryShape);

const { name: _name, provider: _provider, config: _config, keys: _keys, models: _models, ...commonShape } = channelEntryShape;
/** What many channels may be told at once: all but what is each one's own. Models come and go one by one. */
export const commonEntryShape = commonShape;
export type ChannelEntry = z.output<typeof channelEntrySchema>;

/** What in an entry does not fit its provider, with paths inside the entry. */
export function channelEntryProblems(entry: ChannelEntry, providers: ReadonlyMap<string, ProviderAdapter>): readonly ConfigProblem[] {
  const adapter = providers.get(entry.provider);
  if (adapter === undefined) {
    const known = [...providers.keys()].sort().join(', ');
    return [{ path: ['provider'], message: `No plugin provides "${entry.provider}". There are: ${known === '' ? 'none' : known}.` }];
  }
  const inConfig = (given: Readonly<Record<string, unknown>>): readonly ConfigProblem[] => {
    const { problems, config } = checkChannelConfig(adapter, given);
    if (problems.length === 0 && !entry.allowPrivate) return addressProblems(adapter, config);
    return problems.map(({ path, message }) => ({ path: ['config', ...path], message }));
  };
  if (entry.keys.length === 0) return inConfig(entry.config);
  return [...doubledSecrets(entry, adapter), ...entry.keys.flatMap((_, index) => keyProblems(entry, index, adapter, inConfig))];
}

function addressProblems(adapter: ProviderAdapter, config: Readonly<Record<string, unknown>>): readonly ConfigProblem[] {
  const refusal = privateAddressIn(adapter, config);
  return refusal === undefined
    ? []
    : [{ path: ['allowPrivate'], message: `${refusal.message} Say \`allowPrivate: true\` if it shall be called.` }];
}

function doubledSecrets({ config }: ChannelEntry, adapter: ProviderAdapter): readonly ConfigProblem[] {
  return secretFields(adapter.config)
    .filter((name) => config[name] !== undefined)
    .map((name) => ({ path: ['config', name], message: 'Stands in `keys`: state it in one of the two.' }));
}

function keyProblems(
  { config, keys }: ChannelEntry,
  index: number,
  adapter: ProviderAdapter,
  inConfig: (config: Readonly<Record<string, unknown>>) => readonly ConfigProblem[],
): readonly ConfigProblem[] {
  const entry = keys[index] as ChannelEntry['keys'][number];
  const secretNames = secretFields(adapter.config);
  const value = typeof entry === 'string' ? entry : entry.key;
  if (typeof value === 'string' && secretNames.length !== 1) {
    const message =
      secretNames.length === 0
        ? `Provider ${adapter.id} takes no key.`
        : `Provider ${adapter.id} has several secret fields: give an object with ${secretNames.join(', ')}.`;
    return [{ path: ['keys', index], message }];
  }
  const unknown = typeof value === 'string' ? [] : Object.keys(value).filter((name) => !secretNames.includes(name));
  if (unknown.length > 0)
    return [{ path: ['keys', index, 'key', unknown[0] ?? ''], message: `Not a secret field of provider ${adapter.id}.` }];
  const secrets = givenKeyOf(entry, adapter).secrets;
  // What is wrong with the rest of the configuration is wrong with every key: it is said once, of the first.
  return inConfig({ ...config, ...secrets }).flatMap(({ path, message }) => {
    const ofKey = path[0] === 'config' && secretNames.includes(String(path[1]));
    if (!ofKey) return index === 0 ? [{ path, message }] : [];
    return [{ path: ['keys', index], message: `${String(path[1])}: ${message}` }];
  });
}

function givenKeyOf(entry: ChannelEntry['keys'][number], adapter: ProviderAdapter): GivenKey {
  const { key, remark, enabled } = typeof entry === 'string' ? { key: entry, remark: undefined, enabled: true } : entry;
  const [only = ''] = secretFields(adapter.config);
  return { secrets: typeof key === 'string' ? { [only]: key } : key, remark, enabled };
}

export interface ChannelSurroundings {
  readonly providers: ReadonlyMap<string, ProviderAdapter>;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
}

/** The entry as it is stored. A channel that is known keeps its id, and its keys theirs. To be called with entries that were checked. */
export function storedChannelOf(
  entry: ChannelEntry,
  known: StoredChannel | undefined,
  { providers, secretBox, clock }: ChannelSurroundings,
): StoredChannel {
  const adapter = providers.get(entry.provider);
  if (adapter === undefined) throw new TypeError(`The provider of channel ${entry.name} was not checked.`);
  const id = known?.id ?? newId();
  const { name, provider, config, keys, models, modelMapping, groups, priority, weight, enabled, ...options } = entry;
  const given = keys.map((key) => givenKeyOf(key, adapter));
  return {
    id,
    name,
    provider,
    models,
    modelMapping,
    groups,
    priority,
    weight,
    enabled,
    ...sealConfig(adapter, id, config, channelOptionsSchema.parse(options), secretBox, known?.secrets),
    keys: sealKeys(id, given, known?.keys ?? [], clock.now(), secretBox),
    createdAt: known?.createdAt ?? clock.now(),
  };
}
