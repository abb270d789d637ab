import { describe, expect, it } from 'vitest';
import { toGeminiSchema } from './schema-to-gemini.js';

describe('schema for the service', () => {
  it('spells types in upper case and keeps what the subset has', () => {
    const { schema, dropped } = toGeminiSchema({
      type: 'object',
      description: 'A place',
      properties: {
        name: { type: 'string', minLength: 1, pattern: '^[A-Z]' },
        floors: { type: 'integer', minimum: 0, format: 'int32' },
        tags: { type: 'array', items: { type: 'string' }, maxItems: 3 },
      },
      required: ['name'],
    });
    expect(schema).toEqual({
      type: 'OBJECT',
      description: 'A place',
      properties: {
        name: { type: 'STRING', minLength: 1, pattern: '^[A-Z]' },
        floors: { type: 'INTEGER', minimum: 0, format: 'int32' },
        tags: { type: 'ARRAY', items: { type: 'STRING' }, maxItems: 3 },
      },
      required: ['name'],
    });
    expect(dropped).toEqual([]);
  });

  it('drops without a word what constrains nothing', () => {
    const source = {
      $schema: 'x',
      $id: 'y',
      type: 'object',
      properties: { a: { type: 'boolean' } },
      additionalProperties: false,
      'x-order': 1,
    };
    expect(toGeminiSchema(source)).toEqual({ schema: { type: 'OBJECT', properties: { a: { type: 'BOOLEAN' } } }, dropped: [] });
  });

  it('names the keywords it could not carry', () => {
    const { dropped } = toGeminiSchema({
      type: 'object',
      properties: { a: { type: 'number', multipleOf: 2 }, b: { type: 'string', format: 'uri' }, c: { type: 'integer', enum: [1, 2] } },
      patternProperties: { '^x': { type: 'string' } },
      additionalProperties: { type: 'string' },
    });
    expect(dropped).toEqual(['additionalProperties', 'enum', 'format', 'multipleOf', 'patternProperties']);
  });

  it.each([
    ['a list of types', { type: ['string', 'null'] }],
    ['a choice with null', { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['OpenAPI', { type: 'string', nullable: true }],
  ])('makes a type nullable that is written as %s', (_how, source) => {
    expect(toGeminiSchema(source).schema).toEqual({ type: 'STRING', nullable: true });
  });

  it('writes several types and oneOf as anyOf', () => {
    const both = { anyOf: [{ type: 'STRING' }, { type: 'INTEGER' }] };
    expect(toGeminiSchema({ type: ['string', 'integer'] }).schema).toEqual(both);
    expect(toGeminiSchema({ oneOf: [{ type: 'string' }, { type: 'integer' }], description: 'x' }).schema).toEqual({
      ...both,
      description: 'x',
    });
  });

  it('gives each option what stands beside the choice', () => {
    const source = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' } },
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
    };
    const properties = { a: { type: 'STRING' }, b: { type: 'STRING' } };
    expect(toGeminiSchema(source).schema).toEqual({
      anyOf: [
        { type: 'OBJECT', properties, required: ['a'] },
        { type: 'OBJECT', properties, required: ['b'] },
      ],
    });
  });

  it('writes a constant as a list of one', () => {
    expect(toGeminiSchema({ const: 'red' }).schema).toEqual({ type: 'STRING', format: 'enum', enum: ['red'] });
  });

  it('joins the members of allOf', () => {
    const source = {
      allOf: [
        { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
        { properties: { b: { type: 'number' } }, required: ['b'] },
      ],
    };
    expect(toGeminiSchema(source).schema).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING' }, b: { type: 'NUMBER' } },
      required: ['a', 'b'],
    });
  });

  it('puts local definitions where they are used', () => {
    const source = { type: 'object', properties: { home: { $ref: '#/$defs/place~1town' } }, $defs: { 'place/town': { type: 'string' } } };
    expect(toGeminiSchema(source)).toEqual({ schema: { type: 'OBJECT', properties: { home: { type: 'STRING' } } }, dropped: [] });
  });

  it('leaves a definition open where it contains itself or is elsewhere', () => {
    const tree = { $ref: '#/$defs/tree', $defs: { tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } } } };
    expect(toGeminiSchema(tree)).toEqual({ schema: { type: 'OBJECT', properties: { child: { type: 'OBJECT' } } }, dropped: ['$ref'] });
    expect(toGeminiSchema({ $ref: 'https://example.com/x' })).toEqual({ schema: { type: 'OBJECT' }, dropped: ['$ref'] });
  });

  it('stays small when references multiply', () => {
    const $defs: Record<string, object> = { d0: { type: 'string' } };
    for (let level = 1; level <= 40; level += 1) {
      const next = { $ref: `#/$defs/d${level - 1}` };
      $defs[`d${level}`] = { type: 'object', properties: { a: next, b: next } };
    }
    const { schema, dropped } = toGeminiSchema({ $ref: '#/$defs/d40', $defs });
    expect(dropped).toContain('nesting');
    expect(JSON.stringify(schema).length).toBeLessThan(1_000_000);
  });

  it('leaves out an empty list of properties and required names that are none', () => {
    expect(toGeminiSchema({ type: 'object', properties: {}, required: ['ghost'] }).schema).toEqual({ type: 'OBJECT' });
    expect(toGeminiSchema({ type: 'object', properties: { a: { type: 'string' } }, required: ['ghost'] }).schema).not.toHaveProperty(
      'required',
    );
  });

  it('gives every list an item and every value a type, since both are demanded', () => {
    expect(toGeminiSchema({ type: 'array' }).schema).toEqual({ type: 'ARRAY', items: { type: 'STRING' } });
    expect(toGeminiSchema({ description: 'anything' }).schema).toEqual({ type: 'STRING', description: 'anything' });
  });
});
