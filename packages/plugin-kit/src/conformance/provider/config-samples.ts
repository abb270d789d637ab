import type { z } from 'zod';
import { jsonSchemaOf } from '../../config-schema.js';
import type { ProviderAdapter } from '../../provider.js';

type FormField = Readonly<Record<string, unknown>>;

/** What an operator would fill in who only fills in what has to be: made up from the form. */
export function sampleInput(config: z.ZodObject): Record<string, unknown> {
  const { required } = jsonSchemaOf(config) as { readonly required?: readonly string[] };
  const sample: Record<string, unknown> = {};
  for (const [name, field] of formFields(config)) {
    if (required?.includes(name) === true || field['secret'] === true) sample[name] = sampleOf(field);
  }
  return sample;
}

/** The fields of the form, in order. */
export function formFields(config: z.ZodObject): readonly (readonly [string, FormField])[] {
  const { properties = {} } = jsonSchemaOf(config) as { readonly properties?: Readonly<Record<string, FormField>> };
  return Object.entries(properties);
}

/** A configuration for trials: `given`, or one that fits the schema. @throws ZodError if none can be made up. */
export function sampleConfig<Schema extends z.ZodObject>(
  provider: Pick<ProviderAdapter<Schema>, 'config'>,
  given?: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  return provider.config.parse({ ...sampleInput(provider.config), ...given });
}

function sampleOf(field: FormField): unknown {
  if ('default' in field) return field['default'];
  if ('const' in field) return field['const'];
  const { enum: choices, anyOf } = field as { readonly enum?: readonly unknown[]; readonly anyOf?: readonly FormField[] };
  if (choices?.[0] !== undefined) return choices[0];
  if (anyOf?.[0] !== undefined) return sampleOf(anyOf[0]);
  if (field['secret'] === true) return 'mark-secret-0123456789';
  return sampleOfType(field);
}

function sampleOfType(field: FormField): unknown {
  const type = Array.isArray(field['type']) ? (field['type'] as readonly unknown[])[0] : field['type'];
  if (type === 'integer' || type === 'number') return field['minimum'] ?? Number(field['exclusiveMinimum'] ?? 0) + 1;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  if (type === 'object') return {};
  if (field['format'] === 'uri') return 'https://vendor.example/v1';
  return field['format'] === 'email' ? 'somebody@vendor.example' : 'mark-text';
}
