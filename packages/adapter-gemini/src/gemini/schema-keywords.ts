/**
 * Keywords of the service's `Schema` object whose values are carried as they are, in both directions. The object is a subset of OpenAPI 3.0
 * (reference of `Schema`).
 */
export const plainKeywords = [
  'title',
  'description',
  'default',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
  'pattern',
] as const;

/** Deeper than any schema that the service accepts; keeps a hostile one from exhausting the stack. */
export const schemaDepthMax = 64;
