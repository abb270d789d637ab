import { BadRequestError, type JsonObject } from '@tollgate/plugin-kit';
import { plainKeywords, schemaDepthMax } from './schema-keywords.js';
import { isJsonObject } from './wire.js';

/**
 * The service's `Schema` object as JSON Schema: types in lower case, `nullable` as a type, counts as numbers (protobuf JSON writes 64-bit
 * integers as strings).
 * @throws BadRequestError if it is nested too deeply.
 */
export function fromGeminiSchema(schema: JsonObject, path: string, depth = 0): JsonObject {
  if (depth > schemaDepthMax) throw new BadRequestError(`${path} is nested too deeply.`, path);
  const converted: JsonObject = {};
  const read = (name: string, snakeName = name): unknown => schema[name] ?? schema[snakeName] ?? undefined;
  const inner = (value: unknown): unknown => (isJsonObject(value) ? fromGeminiSchema(value, path, depth + 1) : value);

  Object.assign(converted, typeOf(read('type'), schema['nullable'] === true));
  for (const name of plainKeywords) {
    const value = read(name, snakeSpellings[name]);
    if (value !== undefined) converted[name] = name in snakeSpellings || name === 'minimum' || name === 'maximum' ? asNumber(value) : value;
  }
  const format = read('format');
  if (format !== undefined && format !== 'enum') converted['format'] = format;
  const example = read('example');
  if (example !== undefined) converted['examples'] = [example];
  const values = read('enum');
  if (Array.isArray(values)) converted['enum'] = schema['nullable'] === true ? [...(values as unknown[]), null] : values;
  if (isJsonObject(schema['properties'])) {
    const properties = Object.entries(schema['properties']).map(([name, property]) => [name, inner(property)]);
    converted['properties'] = Object.fromEntries(properties);
  }
  if (Array.isArray(schema['required'])) converted['required'] = schema['required'];
  if (schema['items'] !== undefined) converted['items'] = inner(schema['items']);
  const options = read('anyOf', 'any_of');
  if (Array.isArray(options)) converted['anyOf'] = [...options.map(inner), ...(schema['nullable'] === true ? [{ type: 'null' }] : [])];
  return converted;
}

const snakeSpellings: Readonly<Record<string, string>> = {
  minItems: 'min_items',
  maxItems: 'max_items',
  minLength: 'min_length',
  maxLength: 'max_length',
  minProperties: 'min_properties',
  maxProperties: 'max_properties',
};

function typeOf(type: unknown, isNullable: boolean): JsonObject {
  if (typeof type !== 'string' || type === 'TYPE_UNSPECIFIED') return {};
  const name = type.toLowerCase();
  return { type: isNullable && name !== 'null' ? [name, 'null'] : name };
}

function asNumber(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}
