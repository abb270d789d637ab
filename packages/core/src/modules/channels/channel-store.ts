import type { Knex } from 'knex';
import { newId } from '../../foundation/ids.js';
import { keepKeyBalancesOf } from '../balances/index.js';
import { keepHealthOf, resetHealth } from '../health/index.js';
import { keepKeyUsageOf } from '../key-usage/index.js';
import type { StoredKey } from './channel-key.js';
import { type ChannelOptions, defaultChannelOptions, storedOptionsSchema } from './channel-options.js';
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
  /** Without those that are secret. */
  readonly options: ChannelOptions;
  /** In their order; empty where the one key is in the configuration. */
  readonly keys: readonly StoredKey[];
  readonly enabled: boolean;
  readonly createdAt: number;
  /** Another one after every write; absent before the first. */
  readonly version?: string;
}

/** `config`, `secrets`, `models`, `model_mapping`, `groups` and `options` are JSON text. */
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
  readonly options: string;
  readonly enabled: number | bigint;
  readonly created_at: number | bigint;
  /** Another one after every write. */
  readonly version: string;
}

/** `secrets` is JSON text. */
interface KeyRow {
  readonly id: string;
  readonly channel_id: string;
  readonly position: number | bigint;
  readonly secrets: string;
  readonly fingerprint: string;
  readonly hint: string;
  readonly remark: string | null;
  readonly enabled: number | bigint;
  readonly created_at: number | bigint;
}

/** Rows of one statement: databases bound the parameters of a statement. */
const idsAtOnce = 500;

/** Id → version of every channel: what has another version than before, or none, has changed. */
export async function readChannelVersions(knex: Knex): Promise<ReadonlyMap<string, string>> {
  const rows = await knex<ChannelRow>('channels').select('id', 'version');
  return new Map(rows.map(({ id, version }) => [id, version]));
}

/** Of those that are still there, whether they can be used or not. @throws StorageUnavailableError */
export async function readChannelNames(knex: Knex, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows: readonly Pick<ChannelRow, 'id' | 'name'>[] = await knex<ChannelRow>('channels').select('id', 'name').whereIn('id', ids);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** By name; without ids, all. */
export async function readChannels(knex: Knex, ids?: readonly string[]): Promise<readonly StoredChannel[]> {
  if (ids === undefined) return read(knex, undefined);
  const channels: StoredChannel[] = [];
  for (let start = 0; start < ids.length; start += idsAtOnce) channels.push(...(await read(knex, ids.slice(start, start + idsAtOnce))));
  return channels;
}

async function read(knex: Knex, ids: readonly string[] | undefined): Promise<readonly StoredChannel[]> {
  const channelRows = knex<ChannelRow>('channels').select('*').orderBy('name');
  const keyRows = knex<KeyRow>('channel_keys').select('*').orderBy('position');
  if (ids !== undefined) {
    void channelRows.whereIn('id', [...ids]);
    void keyRows.whereIn('channel_id', [...ids]);
  }
  const keys = new Map<string, StoredKey[]>();
  for (const row of (await keyRows) as readonly KeyRow[]) {
    const known = keys.get(row.channel_id);
    if (known === undefined) keys.set(row.channel_id, [rowToKey(row)]);
    else known.push(rowToKey(row));
  }
  return ((await channelRows) as readonly ChannelRow[]).map((row) => rowToChannel(row, keys.get(row.id) ?? []));
}

/** False if there is none; else nobody changes or deletes it before the transaction is over. */
export async function lockChannel(transaction: Knex.Transaction, id: string): Promise<boolean> {
  return (await transaction<ChannelRow>('channels').where({ id }).forShare().first('id')) !== undefined;
}

export async function insertChannel(transaction: Knex.Transaction, channel: StoredChannel): Promise<void> {
  await transaction<ChannelRow>('channels').insert(channelToRow(channel));
  await writeKeys(transaction, channel);
}

export async function updateChannel(transaction: Knex.Transaction, channel: StoredChannel): Promise<void> {
  const [before] = await read(transaction, [channel.id]);
  const { id, ...changed } = channelToRow(channel);
  await transaction<ChannelRow>('channels').where('id', id).update(changed);
  await transaction<KeyRow>('channel_keys').where('channel_id', id).delete();
  await writeKeys(transaction, channel);
  if (before === undefined) return;
  // The key in the configuration keeps its id whatever it is; another one has served nothing yet.
  await keepKeyUsageOf(transaction, id, channel.keys.length > 0 || secretsOf(before) === secretsOf(channel) ? keyIdsOf(channel) : []);
  await forgetFailures(transaction, before, channel);
  await keepKeyBalancesOf(transaction, id, placeOf(before) === placeOf(channel) ? keyIdsOf(channel) : []);
  // Another upstream has other models: what was found of those of the former says nothing of them.
  if (addressOf(before) !== addressOf(channel)) await transaction('channel_findings').where({ channel_id: id, kind: 'models' }).delete();
}

/** What failed before a change that may have mended it says nothing any more. */
async function forgetFailures(transaction: Knex.Transaction, before: StoredChannel, after: StoredChannel): Promise<void> {
  const { id, keys, models } = after;
  await keepHealthOf(transaction, id, { keyIds: keys.map((key) => key.id), models });
  if ((after.enabled && !before.enabled) || placeOf(after) !== placeOf(before)) {
    await resetHealth(transaction, id);
    return;
  }
  const keysBefore = new Map(before.keys.map((key) => [key.id, key]));
  for (const key of keys)
    if (key.enabled && keysBefore.get(key.id)?.enabled === false) await resetHealth(transaction, id, { keyId: key.id });
}

/** A key that is in the configuration is known by the channel's own id. */
function keyIdsOf({ id, keys }: StoredChannel): readonly string[] {
  return keys.length === 0 ? [id] : keys.map((key) => key.id);
}

/** Where calls go, and as whom. */
function placeOf(channel: StoredChannel): string {
  return JSON.stringify([addressOf(channel), secretsOf(channel)]);
}

function secretsOf({ secrets }: StoredChannel): string {
  return JSON.stringify(sortedEntries(secrets));
}

function addressOf({ provider, config }: StoredChannel): string {
  return JSON.stringify([provider, sortedEntries(config)]);
}

function sortedEntries(values: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}

export async function deleteChannel(transaction: Knex.Transaction, id: string): Promise<void> {
  await resetHealth(transaction, id);
  await keepKeyUsageOf(transaction, id, []);
  await transaction<KeyRow>('channel_keys').where('channel_id', id).delete();
  await transaction<ChannelRow>('channels').where('id', id).delete();
}

async function writeKeys(transaction: Knex.Transaction, { id, keys }: StoredChannel): Promise<void> {
  for (let start = 0; start < keys.length; start += idsAtOnce / 5) {
    const rows = keys.slice(start, start + idsAtOnce / 5).map((key, index) => keyToRow(id, key, start + index));
    await transaction<KeyRow>('channel_keys').insert(rows);
  }
}

function rowToChannel(row: ChannelRow, keys: readonly StoredKey[]): StoredChannel {
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
    options: row.options === '{}' ? defaultChannelOptions : storedOptionsSchema.parse(JSON.parse(row.options)),
    keys,
    enabled: Number(row.enabled) === 1,
    createdAt: Number(row.created_at),
    version: row.version,
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
    options: JSON.stringify(channel.options),
    enabled: channel.enabled ? 1 : 0,
    created_at: channel.createdAt,
    version: newId(),
  };
}

function rowToKey(row: KeyRow): StoredKey {
  return {
    id: row.id,
    secrets: JSON.parse(row.secrets) as Record<string, string>,
    fingerprint: row.fingerprint,
    hint: row.hint,
    ...(row.remark === null ? {} : { remark: row.remark }),
    enabled: Number(row.enabled) === 1,
    createdAt: Number(row.created_at),
  };
}

function keyToRow(channelId: string, key: StoredKey, position: number): KeyRow {
  return {
    id: key.id,
    channel_id: channelId,
    position,
    secrets: JSON.stringify(key.secrets),
    fingerprint: key.fingerprint,
    hint: key.hint,
    remark: key.remark ?? null,
    enabled: key.enabled ? 1 : 0,
    created_at: key.createdAt,
  };
}
