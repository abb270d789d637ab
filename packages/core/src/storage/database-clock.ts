import type { DatabaseKind } from './database.js';

const expressions: Readonly<Record<DatabaseKind, string>> = {
  sqlite: "cast(unixepoch('subsec') * 1000 as integer)",
  postgres: '(extract(epoch from clock_timestamp()) * 1000)::bigint',
};

/** SQL for the database's own time in milliseconds since 1970: leases are compared by one clock, whatever the nodes' clocks say. */
export function databaseNow(kind: DatabaseKind): string {
  return expressions[kind];
}
