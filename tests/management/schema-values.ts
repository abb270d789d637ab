import * as fc from 'fast-check';

/** As much of JSON Schema as the description of the management API has. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
}

const refPlace = '#/components/schemas/';
/** Deeper than this only what is not nested is made. */
const depthMax = 4;

/** Values that fit a schema as a rule, and now and then do not: numbers out of range, texts of another form, fields that are missing or too many. */
export function valuesOf(schema: JsonSchema, schemas: Readonly<Record<string, JsonSchema>>, depth = 0): fc.Arbitrary<unknown> {
  const inner = (nested: JsonSchema): fc.Arbitrary<unknown> => valuesOf(nested, schemas, depth + 1);
  if (depth > depthMax) return fc.constantFrom(null, 0, 'x');
  if (schema.$ref !== undefined) return inner(schemas[schema.$ref.slice(refPlace.length)] ?? {});
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map(inner));
  if (schema.enum !== undefined) return mostly(fc.constantFrom(...schema.enum));
  if (schema.const !== undefined) return mostly(fc.constant(schema.const));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.length > 1) return fc.oneof(...types.map((type) => inner({ ...schema, type })));
  return mostly(ofType(types[0], schema, inner));
}

function ofType(type: string | undefined, schema: JsonSchema, inner: (nested: JsonSchema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (type === 'object') return objects(schema, inner);
  if (type === 'array') return fc.array(inner(schema.items ?? {}), { maxLength: 4 });
  if (type === 'string') return fc.oneof(fc.constantFrom('a', 'm', 'default', 'openai-compatible', 'https://api.example.com'), fc.string());
  if (type === 'integer' || type === 'number') return fc.oneof(fc.integer({ min: -2, max: 100 }), fc.maxSafeInteger(), fc.double());
  if (type === 'boolean') return fc.boolean();
  return fc.jsonValue({ maxDepth: 2 });
}

function objects(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  inner: (nested: JsonSchema) => fc.Arbitrary<unknown>,
): fc.Arbitrary<unknown> {
  const named = fc.record(Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, inner(field)])), {
    requiredKeys: [...required],
  });
  const others = fc.dictionary(fc.string(), inner(typeof additionalProperties === 'object' ? additionalProperties : {}), { maxKeys: 2 });
  const more =
    additionalProperties === false ? fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: others }) : others;
  return fc.tuple(named, more).map(([fields, rest]) => ({ ...rest, ...fields }));
}

function mostly(fitting: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const unfit = fc.constantFrom<unknown>(null, '', '\0', '\ud800', -1, 1e308, true, [], {}, 'x'.repeat(3_000));
  return fc.oneof({ weight: 15, arbitrary: fitting }, { weight: 1, arbitrary: unfit });
}
