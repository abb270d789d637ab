import { jsonSchemaOf, secretFields } from '@tollgate/plugin-kit';
import { z } from 'zod';

/** One section of settings, declared once: storage, validation, API, form and documentation follow from it. */
export interface SettingsDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly section: string;
  readonly schema: z.ZodObject<Shape, z.core.$strict>;
  /** Names of the fields that are encrypted at rest and never shown. */
  readonly secrets: ReadonlySet<string>;
}

export type SettingsValues<Definition extends SettingsDefinition> = Readonly<z.output<Definition['schema']>>;

/**
 * Declares a section: `defineSettings('ledger', { nodeLeaseMs: z.int().default(30_000).meta({ title: 'Lease of a node', unit: 'ms' }) })`.
 * @throws TypeError if a field has no default: a gateway must start without stored settings.
 */
export function defineSettings<Shape extends z.ZodRawShape>(section: string, shape: Shape): SettingsDefinition<Shape> {
  const schema = z.strictObject(shape);
  const defaults = schema.safeParse({});
  if (!defaults.success)
    throw new TypeError(`Settings section "${section}" needs a valid default for every field.\n${z.prettifyError(defaults.error)}`);
  return { section, schema, secrets: new Set(secretFields(schema)) };
}

/** The JSON Schema of each section, titles, units, defaults and `secret` marks included, keyed by section. */
export function settingsSchemas(definitions: readonly SettingsDefinition[]): Readonly<Record<string, Record<string, unknown>>> {
  return Object.fromEntries(definitions.map(({ section, schema }) => [section, withDefaults(jsonSchemaOf(schema), schema.parse({}))]));
}

/** Where a value is brought into one spelling, JSON Schema is not told its default; every spelling of it is taken. */
function withDefaults(schema: Record<string, unknown>, defaults: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = Object.entries(schema['properties'] as Readonly<Record<string, object>>);
  const properties = fields.map(([name, field]) => [name, defaults[name] === undefined ? field : { ...field, default: defaults[name] }]);
  return { ...schema, properties: Object.fromEntries(properties) as unknown };
}
