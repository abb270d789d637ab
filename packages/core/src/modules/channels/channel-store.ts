import type { Knex } from 'knex';
import type { SealedConfig } from './channel-secrets.js';

/** A channel as it is managed: not validated against an adapter, which may have changed or gone since it was stored. */
export interface StoredChannel extends SealedConfig {
  readonly id: string;
  readonly name: string;
  /** Id of the provider adapter. */
  readonly provider: string;
  readonly models: readonly string[];
  /** Public name → name at the upstream. */
  readonly modelMapping: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly priority: number;
  readonly weight: number;
  readonly enabled: boolean;
  readonly createdAt: number;
}

/** `config`, `secrets`, `models`, `model_mapping` and `groups` are JSON text. */
interface ChannelRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly config: string;
  readonly secrets: string;
  readonly models: string;
  readonly model_mapping: string;
  readonly groups: string;
  readonly priority: number | bigint;
  readonly weight: number | bigint;
  readonly enabled: number | bigint;
  readonly created_at: number | bigint;
}

const columns = [
  'id',
  'name',
  'provider',
  'config',
  'secrets',
  'models',
  'model_mapping',
  'groups',
  'priority',
  'weight',
  'enabled',
  'created_at',
] as const;

export async function readChannels(knex: Knex): Promise<readonly StoredChannel[]> {
  const rows: readonly ChannelRow[] = await knex<ChannelRow>('channels')
    .select(...columns)
    .orderBy('name');
  return rows.map(rowToChannel);
}

export async function insertChannel(transaction: Knex.Transaction, channel: StoredChannel): Promise<void> {
  await transaction<ChannelRow>('channels').insert(channelToRow(channel));
}

export async function updateChannel(transaction: Knex.Transaction, channel: StoredChannel): Promise<void> {
  const { id, ...changed } = channelToRow(channel);
  await transaction<ChannelRow>('channels').where('id', id).update(changed);
}

function rowToChannel(row: ChannelRow): StoredChannel {
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    config: JSON.parse(row.config) as Record<string, unknown>,
    secrets: JSON.parse(row.secrets) as Record<string, string>,
    models: JSON.parse(row.models) as string[],
    modelMapping: JSON.parse(row.model_mapping) as Record<string, string>,
    groups: JSON.parse(row.groups) as string[],
    priority: Number(row.priority),
    weight: Number(row.weight),
    enabled: Number(row.enabled) === 1,
    createdAt: Number(row.created_at),
  };
}

function channelToRow(channel: StoredChannel): ChannelRow {
  return {
    id: channel.id,
    name: channel.name,
    provider: channel.provider,
    config: JSON.stringify(channel.config),
    secrets: JSON.stringify(channel.secrets),
    models: JSON.stringify(channel.models),
    model_mapping: JSON.stringify(channel.modelMapping),
    groups: JSON.stringify(channel.groups),
    priority: channel.priority,
    weight: channel.weight,
    enabled: channel.enabled ? 1 : 0,
    created_at: channel.createdAt,
  };
}
