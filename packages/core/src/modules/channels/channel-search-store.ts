import type { Knex } from 'knex';
import type { DatabaseKind } from '../../storage/database.js';
import { jsonListContains, jsonText } from '../../storage/json-text.js';
import type { ChannelFilter, ChannelOrder, ChannelPage, ChannelPosition } from './channel-filter.js';

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

export async function findChannelIds(knex: Knex, kind: DatabaseKind, filter: ChannelFilter): Promise<readonly string[]> {
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
export async function findChannelHeads(knex: Knex, kind: DatabaseKind, filter: ChannelFilter): Promise<readonly ChannelHead[]> {
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
  filter: ChannelFilter,
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

function restrict(
  query: Knex.QueryBuilder,
  kind: DatabaseKind,
  { ids, name, keyHint, provider, model, group, tag, enabled }: ChannelFilter,
): void {
  if (ids !== undefined) void query.whereIn('id', [...ids]);
  if (name !== undefined) void query.whereRaw("lower(name) like ? escape '!'", [`%${literal(name.toLowerCase())}%`]);
  if (keyHint !== undefined)
    void query.whereRaw(
      "exists (select 1 from channel_keys where channel_id = channels.id and (hint like ? escape '!' or hint like ? escape '!'))",
      [`${literal(keyHint)}%`, `%${literal(keyHint)}`],
    );
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
