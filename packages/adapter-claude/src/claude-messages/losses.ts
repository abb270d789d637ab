import type { CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { dialectId } from './wire.js';

/** Reports every member of a nested object that the canonical form has no place for. Null says nothing and is not reported. */
export function loseUnknownMembers(value: JsonObject, known: readonly string[], path: string, context: CodecContext): void {
  for (const key of Object.keys(value)) {
    if (value[key] === null || known.includes(key)) continue;
    context.lose({ field: `${path}.${key}`, how: 'dropped', why: 'Only Claude knows this field.' });
  }
}

/** Reports the fields that only other dialects know. */
export function loseForeignExtensions(request: CanonicalRequest, context: CodecContext): void {
  for (const [dialect, fields] of Object.entries(request.extensions ?? {})) {
    if (dialect === dialectId) continue;
    for (const field of Object.keys(fields)) context.lose({ field, how: 'dropped', why: `Only ${dialect} knows this field.` });
  }
}
