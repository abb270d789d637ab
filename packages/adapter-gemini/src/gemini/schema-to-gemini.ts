import type { JsonObject } from '@tollgate/plugin-kit';
import { plainKeywords, schemaDepthMax } from './schema-keywords.js';
import { isJsonObject } from './wire.js';

/** A schema in the service's subset, with the keywords that could not be carried. */
export interface CleanedSchema {
  readonly schema: JsonObject;
  readonly dropped: readonly string[];
}

/**
 * JSON Schema in the OpenAPI subset that `parameters` and `responseSchema` take. We do not use `parametersJsonSchema`: API version v1, Vertex
 * and resellers of the API do not know it, and a subset that is written down fails less surprisingly than one that is not.
 */
export function toGeminiSchema(schema: JsonObject): CleanedSchema {
  const cleaner = new SchemaCleaner(schema);
  const cleaned = cleaner.clean(schema, 0);
  return { schema: cleaned, dropped: [...cleaner.dropped].sort() };
}

/** Keywords that constrain nothing, or whose absence the service takes for the same. */
const harmless: ReadonlySet<string> = new Set(
  '$schema $id $comment $defs definitions examples deprecated readOnly writeOnly additionalProperties strict nullable propertyOrdering'.split(
    ' ',
  ),
);

/** Keywords that have a treatment of their own below. */
const treated: ReadonlySet<string> = new Set([
  ...plainKeywords,
  ...'type format enum const properties required items prefixItems anyOf oneOf allOf $ref'.split(' '),
]);

const formatsByType: Readonly<Record<string, readonly string[]>> = {
  STRING: ['date-time'],
  NUMBER: ['float', 'double'],
  INTEGER: ['int32', 'int64'],
};

/** References may multiply a small schema without end; what comes after this many nodes is left open. */
const nodesMax = 5_000;

class SchemaCleaner {
  readonly dropped = new Set<string>();
  readonly #root: JsonObject;
  readonly #openReferences = new Set<string>();
  #nodes = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  clean(node: unknown, depth: number): JsonObject {
    this.#nodes += 1;
    if (depth > schemaDepthMax || this.#nodes > nodesMax) return this.#anything('nesting');
    if (!isJsonObject(node)) return this.#anything('type');
    if (typeof node['$ref'] === 'string') return this.#resolve(node, node['$ref'], depth);
    if (Array.isArray(node['allOf'])) return this.clean(merged(node, node['allOf']), depth + 1);
    this.#reportUnknown(node);
    return this.#cleanNode(node, depth);
  }

  #reportUnknown(node: JsonObject): void {
    for (const keyword of Object.keys(node))
      if (!treated.has(keyword) && !harmless.has(keyword) && !keyword.startsWith('x-')) this.dropped.add(keyword);
    if (isJsonObject(node['additionalProperties'])) this.dropped.add('additionalProperties');
  }

  #cleanNode(node: JsonObject, depth: number): JsonObject {
    const annotations = Object.fromEntries(plainKeywords.filter((name) => name in node).map((name) => [name, node[name]]));
    const options = this.#options(node);
    const types = options === undefined ? typesOf(node) : [];
    const isNullable = types.includes('null') || options?.some(isNullType) === true || node['nullable'] === true;
    const nullable = isNullable ? { nullable: true } : {};
    const alternatives = (options ?? types.map((type) => ({ ...node, type }))).filter((option) => !isNullType(option));
    if (options === undefined && alternatives.length <= 1) return { ...annotations, ...this.#typed(node, types, depth), ...nullable };
    const cleaned = alternatives.map((option) => this.clean(option, depth + 1));
    // A choice between one type and null is how most generators write an optional value.
    if (cleaned.length === 1) return { ...cleaned[0], ...annotations, ...nullable };
    return { ...annotations, anyOf: cleaned, ...nullable };
  }

  #options(node: JsonObject): readonly unknown[] | undefined {
    const options = node['anyOf'] ?? node['oneOf'];
    if (!Array.isArray(options)) return undefined;
    // The service allows no keyword beside `anyOf`, so what all options share moves into each.
    const { anyOf: _anyOf, oneOf: _oneOf, ...shared } = node;
    for (const name of plainKeywords) delete shared[name];
    return options.map((option: unknown) => (isJsonObject(option) && !isNullType(option) ? merged(shared, [option]) : option));
  }

  #typed(node: JsonObject, types: readonly string[], depth: number): JsonObject {
    const type = types.find((name) => name !== 'null')?.toUpperCase();
    if (type === undefined) return this.#anything('type');
    if (type === 'OBJECT') return { type, ...this.#properties(node, depth) };
    if (type === 'ARRAY') return { type, items: this.#items(node, depth) };
    return { type, ...this.#format(node, type), ...this.#values(node, type) };
  }

  #properties(node: JsonObject, depth: number): JsonObject {
    if (!isJsonObject(node['properties'])) return {};
    const properties = Object.entries(node['properties']).map(([name, property]) => [name, this.clean(property, depth + 1)] as const);
    // The service refuses an object whose list of properties is there but empty.
    if (properties.length === 0) return {};
    const names = new Set(properties.map(([name]) => name));
    const required = Array.isArray(node['required']) ? node['required'].filter((name) => names.has(name as string)) : [];
    return { properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}) };
  }

  #items(node: JsonObject, depth: number): JsonObject {
    const tuple = Array.isArray(node['items']) ? node['items'] : node['prefixItems'];
    if (!Array.isArray(tuple)) return this.clean(node['items'], depth + 1);
    this.dropped.add('prefixItems');
    return this.clean(tuple.length === 1 ? tuple[0] : { anyOf: tuple }, depth + 1);
  }

  #format(node: JsonObject, type: string): JsonObject {
    const format = node['format'];
    if (typeof format !== 'string') return {};
    if (formatsByType[type]?.includes(format) === true) return { format };
    this.dropped.add('format');
    return {};
  }

  #values(node: JsonObject, type: string): JsonObject {
    const values = 'const' in node ? [node['const']] : node['enum'];
    if (!Array.isArray(values)) return {};
    const texts = values.filter((value) => typeof value === 'string');
    const isCarried = type === 'STRING' && texts.length > 0;
    if (!isCarried || values.some((value) => typeof value !== 'string' && value !== null)) this.dropped.add('enum');
    return isCarried ? { format: 'enum', enum: texts } : {};
  }

  #resolve(node: JsonObject, reference: string, depth: number): JsonObject {
    const target = this.#lookUp(reference);
    if (target === undefined || this.#openReferences.has(reference)) {
      this.dropped.add('$ref');
      return { type: 'OBJECT' };
    }
    const { $ref: _reference, ...beside } = node;
    this.#openReferences.add(reference);
    const cleaned = this.clean(merged(target, [beside]), depth + 1);
    this.#openReferences.delete(reference);
    return cleaned;
  }

  #lookUp(reference: string): JsonObject | undefined {
    if (!reference.startsWith('#')) return undefined;
    const steps = reference
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    let place: unknown = this.#root;
    for (const step of steps) place = isJsonObject(place) && Object.hasOwn(place, step) ? place[step] : undefined;
    return isJsonObject(place) ? place : undefined;
  }

  /** The service wants a type everywhere; text can carry any value. */
  #anything(reason: string): JsonObject {
    this.dropped.add(reason);
    return { type: 'STRING' };
  }
}

function typesOf(node: JsonObject): readonly string[] {
  const type = node['type'];
  if (typeof type === 'string') return [type.toLowerCase()];
  if (Array.isArray(type)) return type.filter((name) => typeof name === 'string').map((name) => name.toLowerCase());
  if ('properties' in node) return ['object'];
  if ('items' in node || 'prefixItems' in node) return ['array'];
  const value: unknown = 'const' in node ? node['const'] : Array.isArray(node['enum']) ? node['enum'][0] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [typeof value] : [];
}

function isNullType(node: unknown): boolean {
  return isJsonObject(node) && (node['type'] === 'null' || node['const'] === null);
}

/** All members in one node: properties and required names add up, of other keywords the last stays. */
function merged(node: JsonObject, members: readonly unknown[]): JsonObject {
  let { allOf: _allOf, ...whole } = node;
  for (const member of members) {
    if (!isJsonObject(member)) continue;
    const properties = { ...asObject(whole['properties']), ...asObject(member['properties']) };
    const required = [...asList(whole['required']), ...asList(member['required'])];
    whole = { ...whole, ...member };
    if (Object.keys(properties).length > 0) whole['properties'] = properties;
    if (required.length > 0) whole['required'] = [...new Set(required)];
  }
  return whole;
}

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
