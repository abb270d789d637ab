import type { DatabaseKind } from './database.js';

/** A condition for rows whose column, a JSON list of texts, has the value in it. */
export function jsonListContains(kind: DatabaseKind, column: string, value: string): [string, string[]] {
  if (kind === 'postgres') return [`"${column}"::jsonb @> ?::jsonb`, [JSON.stringify([value])]];
  return [`exists (select 1 from json_each("${column}") as item where item.value = ?)`, [value]];
}

/** A condition for rows whose column is one of the values, however many: a statement takes only so many parameters. */
export function isOneOf(kind: DatabaseKind, column: string, values: readonly string[]): [string, string[]] {
  const list = kind === 'postgres' ? 'jsonb_array_elements_text(?::jsonb)' : 'json_each(?)';
  return [`"${column}" in (select value from ${list})`, [JSON.stringify(values)]];
}

/** SQL for the text of a field of a column that is a JSON object; null where it has none. */
export function jsonText(kind: DatabaseKind, column: string, field: string): string {
  return kind === 'postgres' ? `("${column}"::json ->> '${field}')` : `json_extract("${column}", '$.${field}')`;
}
