import type { Knex } from 'knex';
import type { AuditEvent, AuditFilter, AuditPage } from './audit-event.js';
import type { ChangeAuthor } from './change-author.js';
import type { FieldChange } from './facts.js';
import type { ChangeAction, ChangeKind } from './planned-step.js';

/** `fields` is JSON text. */
interface AuditRow {
  readonly id: string;
  readonly at: number | bigint;
  readonly kind: string;
  readonly action: string;
  readonly name: string;
  readonly fields: string;
  readonly author_kind: string;
  readonly user_id: string | null;
  readonly access_token_id: string | null;
  readonly request_id: string | null;
  readonly client_address: string | null;
}

/** Rows of one statement: databases bound the parameters of a statement. */
const rowsAtOnce = 100;

export async function insertAuditEvents(transaction: Knex.Transaction, events: readonly AuditEvent[]): Promise<void> {
  for (let start = 0; start < events.length; start += rowsAtOnce)
    await transaction<AuditRow>('audit_events').insert(events.slice(start, start + rowsAtOnce).map(eventToRow));
}

/** Newest first. @throws StorageUnavailableError */
export async function readAuditEvents(knex: Knex, filter: AuditFilter, page: AuditPage): Promise<readonly AuditEvent[]> {
  const query = knex<AuditRow>('audit_events').select('*').orderBy('id', 'desc').limit(page.limit);
  if (page.before !== undefined) void query.where('id', '<', page.before);
  if (filter.kinds !== undefined) void query.whereIn('kind', [...filter.kinds]);
  if (filter.action !== undefined) void query.where('action', filter.action);
  if (filter.name !== undefined) void query.where('name', filter.name);
  if (filter.userId !== undefined) void query.where('user_id', filter.userId);
  if (filter.requestId !== undefined) void query.where('request_id', filter.requestId);
  if (filter.from !== undefined) void query.where('at', '>=', filter.from);
  if (filter.to !== undefined) void query.where('at', '<', filter.to);
  return ((await query) as readonly AuditRow[]).map(rowToEvent);
}

function eventToRow({ id, at, kind, action, name, fields, author }: AuditEvent): AuditRow {
  return {
    id,
    at,
    kind,
    action,
    name,
    fields: JSON.stringify(fields),
    author_kind: author.kind,
    user_id: author.userId ?? null,
    access_token_id: author.accessTokenId ?? null,
    request_id: author.requestId ?? null,
    client_address: author.clientAddress ?? null,
  };
}

function rowToEvent(row: AuditRow): AuditEvent {
  return {
    id: row.id,
    at: Number(row.at),
    kind: row.kind as ChangeKind,
    action: row.action as ChangeAction,
    name: row.name,
    fields: JSON.parse(row.fields) as FieldChange[],
    author: {
      kind: row.author_kind as ChangeAuthor['kind'],
      userId: row.user_id ?? undefined,
      accessTokenId: row.access_token_id ?? undefined,
      requestId: row.request_id ?? undefined,
      clientAddress: row.client_address ?? undefined,
    },
  };
}
