type Schema = Readonly<Record<string, unknown>>;

const depthMax = 6;

/** A small value that fits a JSON Schema, as far as the demo understands it: types, enums, defaults, required fields, first alternatives. */
export function exampleOf(schema: Schema, depth = 0): unknown {
  for (const given of ['const', 'default'] as const) if (given in schema) return schema[given];
  for (const list of ['examples', 'enum'] as const) if (isFilled(schema[list])) return schema[list][0];
  for (const choice of ['anyOf', 'oneOf', 'allOf'] as const)
    if (isFilled(schema[choice])) return exampleOf(schema[choice][0] as Schema, depth);
  const type = isFilled(schema['type']) ? schema['type'][0] : schema['type'];
  if (depth > depthMax) return null;
  if (type === 'object' || 'properties' in schema) return exampleObject(schema, depth + 1);
  if (type === 'array') return typeof schema['items'] === 'object' ? [exampleOf(schema['items'] as Schema, depth + 1)] : [];
  if (type === 'integer' || type === 'number') return schema['minimum'] ?? 1;
  if (type === 'boolean') return true;
  return type === 'string' ? 'demo' : null;
}

/** The required fields; all of them where none is said to be required. */
function exampleObject(schema: Schema, depth: number): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const required = schema['required'];
  const isWanted = (name: string): boolean => !isFilled(required) || required.includes(name);
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => isWanted(name))
      .map(([name, property]) => [name, exampleOf(property, depth)]),
  );
}

function isFilled(value: unknown): value is readonly [unknown, ...unknown[]] {
  return Array.isArray(value) && value.length > 0;
}
