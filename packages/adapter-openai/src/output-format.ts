import { BadRequestError, type CodecContext, type OutputFormat } from '@tollgate/plugin-kit';
import { defined } from './defined.js';
import { optionalBoolean, optionalObject, requireName, requireObject } from './request-fields.js';

/**
 * Reads the form that an answer shall have; undefined for plain text.
 * @param nest the member in which the dialect keeps name and schema, if not in the format itself
 * @throws BadRequestError naming the field at fault
 */
export function readOutputFormat(value: unknown, field: string, nest: string | undefined, context: CodecContext): OutputFormat | undefined {
  const format = optionalObject(value, field);
  if (format === undefined || format['type'] === 'text') return undefined;
  if (format['type'] === 'json_object') return { type: 'json' };
  if (format['type'] !== 'json_schema') {
    throw new BadRequestError(`${field}.type must be one of text, json_object, json_schema.`, `${field}.type`);
  }
  const place = nest === undefined ? field : `${field}.${nest}`;
  const declared = nest === undefined ? format : requireObject(format[nest], place);
  if (declared['description'] !== undefined && declared['description'] !== null) {
    context.lose({ field: `${place}.description`, how: 'dropped', why: 'The canonical form has no description of a format.' });
  }
  return defined({
    type: 'json-schema' as const,
    name: requireName(declared['name'], `${place}.name`),
    schema: optionalObject(declared['schema'], `${place}.schema`) ?? {},
    strict: optionalBoolean(declared['strict'], `${place}.strict`),
  });
}
