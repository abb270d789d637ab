import type { Knex } from 'knex';
import type { DatabaseKind } from '../../storage/database.js';
import { isOneOf, jsonListContains, jsonText } from '../../storage/json-text.js';
import type { ChannelOrder, ChannelPage, ChannelPosition, ComparableFilter } from './channel-filter.js';
import type { HintSearch, StoredKey } from './channel-key.js';

const columns: Readonly<Record<ChannelOrder, string>> = {
  name: 'name',
  priority: 'priority',
  weight: 'weight',
  createdAt: 'created_at',
  testedAt: ofLastTest('at', 0),
  latency: ofLastTest('figure', Number.MAX_SAFE_INTEGER),
  // Keys without a limit come after all amounts, and before those of which nothing is known.
  balance: `coalesce((
    select min(case when lowest_micros is null and balance is not null then ${Number.MAX_SAFE_INTEGER - 1} else lowest_micros end)
    from key_balances where channel_id = channels.id
    and not exists (select 1 from channel_keys where channel_keys.id = key_balances.key_id and channel_keys.enabled = 0)
  ), ${Number.MAX_SAFE_INTEGER})`,
};

function ofLastTest(column: 'at' | 'figure', unknown: number): string {
  return `coalesce((select ${column} from channel_findings where channel_id = channels.id and kind = 'test'), ${unknown})`;
}

export async function findChannelIds(knex: Knex, kind: DatabaseKind, filter: ComparableFilter): Promise<readonly string[]> {
  const query = knex<{ readonly id: string }>('channels').select('id');
  restrict(query, kind, filter);
  return ((await query) as readonly { readonly id: string }[]).map(({ id }) => id);
}

export interface ChannelHead {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  /** As its option says: its models may follow its upstream. */
  readonly syncModels: boolean;
}

/** By name. */
export async function findChannelHeads(knex: Knex, kind: DatabaseKind, filter: ComparableFilter): Promise<readonly ChannelHead[]> {
  const query = knex('channels')
    .select('id', 'name', 'provider', knex.raw(`${jsonText(kind, 'options', 'syncModels')} as sync_models`))
    .orderBy('name');
  restrict(query, kind, filter);
  const rows = (await query) as readonly (Pick<ChannelHead, 'id' | 'name' | 'provider'> & { readonly sync_models: unknown })[];
  // The databases say false in their own ways.
  return rows.map(({ sync_models, ...head }) => ({ ...head, syncModels: !['0', 'false'].includes(String(sync_models)) }));
}

/** Id and what the page is ordered by; one more than the page may have, where there are more. */
export async function findChannelPage(
  knex: Knex,
  kind: DatabaseKind,
  filter: ComparableFilter,
  page: ChannelPage,
): Promise<readonly ChannelPosition[]> {
  const query = knex('channels').select('id', knex.raw(`${columns[page.order]} as place`));
  restrict(query, kind, filter);
  turnTo(query, page);
  const rows = (await query) as readonly { readonly id: string; readonly place: string | number | bigint }[];
  return rows.map(({ id, place }) => [page.order === 'name' ? String(place) : Number(place), id]);
}

/** Tag → how many channels have it, and how many of them are enabled. */
export async function countTags(
  knex: Knex,
  kind: DatabaseKind,
): Promise<readonly { readonly tag: string; readonly channels: number; readonly enabled: number }[]> {
  const tag = jsonText(kind, 'options', 'tag');
  const rows: readonly { readonly tag: string; readonly channels: bigint | number; readonly enabled: bigint | number }[] = await knex(
    'channels',
  )
    .select(knex.raw(`${tag} as tag`), knex.raw('count(*) as channels'), knex.raw('sum(enabled) as enabled'))
    .whereRaw(`${tag} is not null`)
    .groupByRaw(tag)
    .orderByRaw(tag);
  return rows.map((row) => ({ tag: row.tag, channels: Number(row.channels), enabled: Number(row.enabled) }));
}

/** Name → id, of those names that are taken. */
export async function takenNames(knex: Knex, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await knex<{ readonly id: string; readonly name: string }>('channels')
    .whereIn('name', [...names])
    .select('id', 'name');
  return new Map(rows.map(({ id, name }) => [name, id]));
}

/** Of all channels. */
export async function readNames(knex: Knex): Promise<readonly { readonly id: string; readonly name: string }[]> {
  return knex('channels').select('id', 'name');
}

/** Ids of the channels that list a key with such a hint. */
export async function findHintedChannels(knex: Knex, { start, end }: HintSearch): Promise<readonly string[]> {
  const query = knex('channel_keys')
    .distinct('channel_id')
    .whereRaw("hint like ? escape '!'", [`${literal(start)}%`]);
  if (end !== undefined) void query.orWhereRaw("hint like ? escape '!'", [`%${literal(end)}`]);
  return ((await query) as readonly { readonly channel_id: string }[]).map((row) => row.channel_id);
}

/** Listed keys of exactly one of these hints. */
export async function readKeysOfHints(
  knex: Knex,
  hints: readonly string[],
): Promise<readonly (Pick<StoredKey, 'id' | 'secrets'> & { readonly channelId: string })[]> {
  const rows: readonly { readonly id: string; readonly channel_id: string; readonly secrets: string }[] = await knex('channel_keys')
    .whereIn('hint', [...hints])
    .select('id', 'channel_id', 'secrets');
  return rows.map((row) => ({ id: row.id, channelId: row.channel_id, secrets: JSON.parse(row.secrets) as StoredKey['secrets'] }));
}

/** Of channels that have any in their configuration, by id, those after the last one. */
export async function readSecretsAfter(
  knex: Knex,
  lastId: string,
  limit: number,
): Promise<readonly { readonly id: string; readonly secrets: StoredKey['secrets'] }[]> {
  const rows: readonly { readonly id: string; readonly secrets: string }[] = await knex('channels')
    .where('id', '>', lastId)
    .whereNot('secrets', '{}')
    .orderBy('id')
    .limit(limit)
    .select('id', 'secrets');
  return rows.map(({ id, secrets }) => ({ id, secrets: JSON.parse(secrets) as StoredKey['secrets'] }));
}

function restrict(query: Knex.QueryBuilder, kind: DatabaseKind, { ids, provider, model, group, tag, enabled }: ComparableFilter): void {
  if (ids !== undefined) void query.whereRaw(...isOneOf(kind, 'id', ids));
  if (provider !== undefined) void query.where('provider', provider);
  if (model !== undefined) void query.whereRaw(...jsonListContains(kind, 'models', model));
  if (group !== undefined) void query.whereRaw(...jsonListContains(kind, 'groups', group));
  if (tag !== undefined) void query.whereRaw(`${jsonText(kind, 'options', 'tag')} = ?`, [tag]);
  if (enabled !== undefined) void query.where('enabled', enabled ? 1 : 0);
}

/** Characters that `like` gives a meaning stand for themselves. */
function literal(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&');
}

function turnTo(query: Knex.QueryBuilder, { limit, order, descending, after }: ChannelPage): void {
  const column = columns[order];
  const direction = descending ? 'desc' : 'asc';
  void query.limit(limit + 1).orderByRaw(`${column} ${direction}, id ${direction}`);
  if (after !== undefined) void query.whereRaw(`(${column}, id) ${descending ? '<' : '>'} (?, ?)`, [...after]);
}
