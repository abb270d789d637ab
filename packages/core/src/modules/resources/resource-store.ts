import type { ResourceName } from '@tollgate/plugin-kit';
import type { Knex } from 'knex';

/** Where something lives: at the account behind a key of a channel. */
export interface ResourceHome {
  readonly channelId: string;
  /** Undefined where the channel lists no keys, or nobody noted it. */
  readonly keyId: string | undefined;
}

/** Which account has something of a user's. */
export interface StoredResource extends ResourceHome {
  readonly userId: string;
  readonly kind: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970; null = until it is deleted. */
  readonly expiresAt: number | null;
  /** What a request that names it adds to its input; undefined where nobody knows. */
  readonly tokens: number | undefined;
}

interface ResourceRow {
  readonly user_id: string;
  readonly kind: string;
  readonly id: string;
  readonly channel_id: string;
  readonly key_id: string | null;
  readonly created_at: number | bigint;
  readonly expires_at: number | bigint | null;
  readonly tokens: number | bigint | null;
}

export interface FoundResource extends ResourceHome {
  readonly id: string;
  readonly tokens: number | undefined;
}

/** Each id takes a variable of the statement, and databases have a limit. */
const idsPerQuery = 500;
const rowsPerInsert = 100;

export async function upsertResources(transaction: Knex.Transaction, resources: readonly StoredResource[]): Promise<void> {
  for (let from = 0; from < resources.length; from += rowsPerInsert) {
    await transaction<ResourceRow>('resources')
      .insert(resources.slice(from, from + rowsPerInsert).map(resourceToRow))
      .onConflict(['user_id', 'kind', 'id'])
      .merge({
        channel_id: transaction.raw('excluded.channel_id'),
        key_id: transaction.raw('excluded.key_id'),
        expires_at: transaction.raw('excluded.expires_at'),
        tokens: transaction.raw(tokensAfterUpsert),
      } as never);
  }
}

/** What has no end grows: others may have added to it meanwhile. A row that says nothing new leaves it as it is. */
const tokensAfterUpsert = `case when excluded.expires_at is null and resources.tokens > excluded.tokens then resources.tokens
  else coalesce(excluded.tokens, resources.tokens) end`;

/** Adds to what is known; what nobody knows stays unknown. */
export async function addTokens(
  transaction: Knex.Transaction,
  { userId, kind, id, tokens }: Pick<StoredResource, 'userId' | 'kind' | 'id'> & { readonly tokens: number },
): Promise<void> {
  await transaction<ResourceRow>('resources').where({ user_id: userId, kind, id }).increment('tokens', tokens);
}

/** Those of the ids that are the user's and have not expired. */
export async function findResources(
  knex: Knex,
  { userId, kind, ids, now }: { readonly userId: string; readonly kind: string; readonly ids: readonly string[]; readonly now: number },
): Promise<readonly FoundResource[]> {
  const found: FoundResource[] = [];
  for (let from = 0; from < ids.length; from += idsPerQuery) {
    const rows = await unexpired(knex, userId, kind, now)
      .whereIn('id', ids.slice(from, from + idsPerQuery))
      .select('id', 'channel_id', 'key_id', 'tokens');
    for (const row of rows) found.push(rowToFound(row));
  }
  return found;
}

/** What a user has of a kind, in the order of ids. */
export async function listResources(
  knex: Knex,
  page: { readonly userId: string; readonly kind: string; readonly after: string; readonly limit: number; readonly now: number },
): Promise<readonly FoundResource[]> {
  const rows = await unexpired(knex, page.userId, page.kind, page.now)
    .where('id', '>', page.after)
    .orderBy('id')
    .limit(page.limit)
    .select('id', 'channel_id', 'key_id', 'tokens');
  return rows.map(rowToFound);
}

/** Where the channel is known and its key is not. */
export async function noteKeys(
  transaction: Knex.Transaction,
  userId: string,
  names: readonly ResourceName[],
  { channelId, keyId }: { readonly channelId: string; readonly keyId: string },
): Promise<void> {
  for (const kind of new Set(names.map((name) => name.kind))) {
    const ids = new Set(names.filter((name) => name.kind === kind).map(({ id }) => id));
    await transaction<ResourceRow>('resources')
      .where({ user_id: userId, kind, channel_id: channelId })
      .whereIn('id', [...ids])
      .whereNull('key_id')
      .update({ key_id: keyId });
  }
}

export async function deleteResource(transaction: Knex.Transaction, userId: string, kind: string, id: string): Promise<void> {
  await transaction<ResourceRow>('resources').where({ user_id: userId, kind, id }).delete();
}

/** Removes about as many expired rows as given, oldest first. Returns how many were removed. */
export async function deleteExpired(transaction: Knex.Transaction, now: number, rowsMax: number): Promise<number> {
  const last = await transaction<ResourceRow>('resources')
    .where('expires_at', '<=', now)
    .orderBy('expires_at')
    .offset(rowsMax - 1)
    .first('expires_at');
  return transaction<ResourceRow>('resources')
    .where('expires_at', '<=', last === undefined ? now : Number(last.expires_at))
    .delete();
}

function unexpired(knex: Knex, userId: string, kind: string, now: number): Knex.QueryBuilder<ResourceRow, ResourceRow[]> {
  return knex<ResourceRow>('resources')
    .where({ user_id: userId, kind })
    .where((either) => void either.whereNull('expires_at').orWhere('expires_at', '>', now));
}

function rowToFound({ id, channel_id, key_id, tokens }: Pick<ResourceRow, 'id' | 'channel_id' | 'key_id' | 'tokens'>): FoundResource {
  return { id, channelId: channel_id, keyId: key_id ?? undefined, tokens: tokens === null ? undefined : Number(tokens) };
}

function resourceToRow({ userId, kind, id, channelId, keyId, createdAt, expiresAt, tokens }: StoredResource): ResourceRow {
  return {
    user_id: userId,
    kind,
    id,
    channel_id: channelId,
    key_id: keyId ?? null,
    created_at: createdAt,
    expires_at: expiresAt,
    tokens: tokens ?? null,
  };
}
