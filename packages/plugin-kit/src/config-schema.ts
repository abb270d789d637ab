import { z } from 'zod';

/**
 * A credential in a configuration: encrypted at rest, shown once, never sent to a browser again. The mark survives in JSON Schema as
 * `secret: true`.
 */
export function secret(title: string): z.ZodString {
  return z.string().min(1).meta({ title, secret: true });
}

/** The JSON Schema that forms are drawn from: titles, help texts and `secret` marks included. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
}

/** Names of the top-level fields marked with {@link secret}. */
export function secretFields(schema: z.ZodObject): readonly string[] {
  return Object.entries(schema.shape)
    .filter(([, field]) => isSecret(field as z.ZodType))
    .map(([name]) => name);
}

function isSecret(field: z.ZodType): boolean {
  if (field.meta()?.['secret'] === true) return true;
  // Wrappers (optional, default) hold an inner type, transforms and pipes an input and an output.
  const { innerType, in: input, out: output } = field.def as { innerType?: z.ZodType; in?: z.ZodType; out?: z.ZodType };
  return [innerType, input, output].some((inner) => inner !== undefined && isSecret(inner));
}
