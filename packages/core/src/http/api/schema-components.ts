import { z } from 'zod';

export type JsonSchema = Readonly<Record<string, unknown>>;

const definitionPlace = '#/$defs/';
const componentPlace = '#/components/schemas/';

/**
 * The JSON Schemas of a document that has one place for whatever is named: schemas with an `id`, and those that contain themselves, which get
 * a name here.
 */
export class SchemaComponents {
  readonly #schemas = new Map<string, JsonSchema>();
  readonly #namesOfNameless = new Map<string, string>();

  /**
   * @param io whether it is of what comes in or of what goes out, which differ in defaults
   * @throws TypeError if another schema has its id, or the other side of the same one.
   */
  add(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _standard, $defs, ...own } = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
    const definitions = Object.entries($defs ?? {}) as [string, JsonSchema][];
    const names = new Map(definitions.map(([name, definition]) => [name, this.#nameOf(name, definition)]));
    for (const [name, definition] of definitions) this.#keep(names.get(name) ?? name, renamed(definition, names));
    return renamed(own, names);
  }

  /** By name. */
  all(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#schemas].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  #nameOf(name: string, definition: JsonSchema): string {
    if (!name.startsWith('__')) return name;
    const text = JSON.stringify(definition).replaceAll(`${definitionPlace}${name}"`, `${definitionPlace}itself"`);
    const known = this.#namesOfNameless.get(text) ?? `Recursive${this.#namesOfNameless.size + 1}`;
    this.#namesOfNameless.set(text, known);
    return known;
  }

  #keep(name: string, schema: JsonSchema): void {
    const known = this.#schemas.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new TypeError(`Two schemas have the id "${name}", or one is used for what comes in and for what goes out.`);
    this.#schemas.set(name, schema);
  }
}

function renamed(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key !== '$ref' || typeof value !== 'string' || !value.startsWith(definitionPlace)) return value;
    const name = value.slice(definitionPlace.length);
    return `${componentPlace}${names.get(name) ?? name}`;
  }) as JsonSchema;
}
