import type { JsonObject } from '../canonical.js';

/** The value if it is a JSON object, not a list: what upstreams send is never sure to be what it should. */
export function objectIn(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The objects in a list; none if it is no list. */
export function objectsIn(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(objectIn).filter((member) => member !== undefined) : [];
}
