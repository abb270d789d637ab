import { BadRequestError, type JsonObject } from '@tollgate/plugin-kit';

/** True for a JSON object: no array, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws BadRequestError if `value` is not an object. */
export function requireObject(value: unknown, field: string): JsonObject {
  if (!isObject(value)) throw new BadRequestError(`${field} must be an object.`, field);
  return value;
}

/** @throws BadRequestError if `value` is not an array. */
export function requireArray(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new BadRequestError(`${field} must be an array.`, field);
  return value;
}

/** @throws BadRequestError if `value` is not a string; it may be empty. */
export function requireText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new BadRequestError(`${field} must be a string.`, field);
  return value;
}

/** @throws BadRequestError if `value` is not a string with at least one character. */
export function requireName(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '') throw new BadRequestError(`${field} must be a non-empty string.`, field);
  return value;
}

/** Null counts as not given, as it does at the vendor. @throws BadRequestError */
export function optionalText(value: unknown, field: string): string | undefined {
  return value === undefined || value === null ? undefined : requireText(value, field);
}

/** Null counts as not given. @throws BadRequestError */
export function optionalObject(value: unknown, field: string): JsonObject | undefined {
  return value === undefined || value === null ? undefined : requireObject(value, field);
}

/** Null counts as not given. @throws BadRequestError */
export function optionalNumber(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw new BadRequestError(`${field} must be a number.`, field);
  return value;
}

/** A whole number of at least one; null counts as not given. @throws BadRequestError */
export function optionalCount(value: unknown, field: string): number | undefined {
  const count = optionalNumber(value, field);
  if (count === undefined) return undefined;
  if (!Number.isInteger(count) || count < 1) throw new BadRequestError(`${field} must be a whole number of at least 1.`, field);
  return count;
}

/** Null counts as not given. @throws BadRequestError */
export function optionalBoolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw new BadRequestError(`${field} must be true or false.`, field);
  return value;
}
