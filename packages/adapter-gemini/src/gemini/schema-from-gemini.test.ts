import { BadRequestError, type JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { fromGeminiSchema } from './schema-from-gemini.js';

describe('schema from a client', () => {
  it('spells types in lower case at every depth', () => {
    const source = {
      type: 'OBJECT',
      properties: {
        list: { type: 'ARRAY', items: { type: 'NUMBER' }, minItems: '2' },
        type: { type: 'STRING', format: 'enum', enum: ['a'] },
      },
      required: ['list'],
      propertyOrdering: ['list', 'type'],
    };
    expect(fromGeminiSchema(source, 'p')).toEqual({
      type: 'object',
      properties: { list: { type: 'array', items: { type: 'number' }, minItems: 2 }, type: { type: 'string', enum: ['a'] } },
      required: ['list'],
    });
  });

  it('writes nullable as a type of its own', () => {
    expect(fromGeminiSchema({ type: 'STRING', nullable: true }, 'p')).toEqual({ type: ['string', 'null'] });
    expect(fromGeminiSchema({ any_of: [{ type: 'STRING' }], nullable: true }, 'p')).toEqual({
      anyOf: [{ type: 'string' }, { type: 'null' }],
    });
  });

  it('refuses a schema that is deeper than any real one', () => {
    let deep: JsonObject = { type: 'STRING' };
    for (let depth = 0; depth < 200; depth += 1) deep = { type: 'ARRAY', items: deep };
    expect(() => fromGeminiSchema(deep, 'tools.0')).toThrow(BadRequestError);
  });
});
