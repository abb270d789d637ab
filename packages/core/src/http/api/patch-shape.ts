import { z } from 'zod';

/**
 * The fields of a declaration as a change states them: each may be left out and stays as it is then; null takes a field that has a default, or
 * may be missing, back to that.
 */
export function patchShapeOf(shape: Readonly<Record<string, z.core.$ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, patchFieldOf(field as z.ZodType)]));
}

function patchFieldOf(field: z.ZodType): z.ZodType {
  const inner = innerOf(field);
  const stated = inner === field ? inner : inner.nullable();
  const meta = field.meta();
  return meta === undefined ? stated.optional() : stated.optional().meta(meta);
}

function innerOf(field: z.ZodType): z.ZodType {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) return innerOf(field.unwrap() as z.ZodType);
  return field;
}
