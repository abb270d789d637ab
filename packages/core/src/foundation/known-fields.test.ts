import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { knownFields, knownText } from './known-fields.js';

describe('known fields', () => {
  const schema = z.toJSONSchema(
    z.object({ list: z.array(z.object({ a: z.string(), b: z.number() })), named: z.record(z.string(), z.object({ c: z.string() })) }),
  );

  it('are those of the object at the path, through lists and named entries', () => {
    expect(knownFields(schema, [])).toEqual(['list', 'named']);
    expect(knownFields(schema, ['list', 3])).toEqual(['a', 'b']);
    expect(knownFields(schema, ['named', 'anything'])).toEqual(['c']);
  });

  it('are those of every alternative, and the only keys that a map may have', () => {
    const alternatives = z.toJSONSchema(
      z.object({
        either: z.union([z.number(), z.strictObject({ d: z.string() })]),
        fees: z.partialRecord(z.enum(['one', 'two']), z.string()),
      }),
    );
    expect(knownFields(alternatives, ['either'])).toEqual(['d']);
    expect(knownFields(alternatives, ['fees'])).toEqual(['one', 'two']);
  });

  it('are none where the schema names none, whatever the field is called', () => {
    expect(knownFields(schema, ['list', 0, 'a'])).toEqual([]);
    expect(knownFields(schema, ['constructor'])).toEqual([]);
  });

  it('are listed in a sentence', () => {
    expect([knownText(['a', 'b']), knownText([])]).toEqual(['There are: a, b.', 'There is none here.']);
  });
});
