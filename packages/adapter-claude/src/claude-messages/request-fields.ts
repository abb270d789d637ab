import { BadRequestError, type JsonObject } from '@tollgate/plugin-kit';
import { isObject } from './wire.js';

/** Reads of a client's body that name the field when its type is wrong. Null counts as left out. All throw BadRequestError. */

export function requiredText(object: JsonObject, key: string, path: string): string {
  const value = object[key];
  if (typeof value !== 'string') throw wrongType(`${path}.${key}`, 'text');
  return value;
}

export function optionalText(object: JsonObject, key: string, path: string): string | undefined {
  const value = object[key] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw wrongType(`${path}.${key}`, 'text');
  return value;
}

export function optionalNumber(object: JsonObject, key: string, path = key): number | undefined {
  const value = object[key] ?? undefined;
  if (value !== undefined && typeof value !== 'number') throw wrongType(path, 'a number');
  return value;
}

export function optionalObject(object: JsonObject, key: string, path: string): JsonObject | undefined {
  const value = object[key] ?? undefined;
  if (value !== undefined && !isObject(value)) throw wrongType(path, 'an object');
  return value;
}

export function optionalList(body: JsonObject, key: string): readonly unknown[] | undefined {
  const value = body[key] ?? undefined;
  if (value !== undefined && !Array.isArray(value)) throw wrongType(key, 'a list');
  return value;
}

export function wrongType(path: string, expected: string): BadRequestError {
  return new BadRequestError(`${path} must be ${expected}.`, path);
}
