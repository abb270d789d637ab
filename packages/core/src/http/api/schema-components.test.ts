import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SchemaComponents } from './schema-components.js';

const thing = z.object({ name: z.string() }).meta({ id: 'Thing' });

describe('schema components', () => {
  it('hold what has an id, under it', () => {
    const components = new SchemaComponents();
    expect(components.add(thing, 'output')).toEqual({ $ref: '#/components/schemas/Thing' });
    expect(components.add(z.object({ things: z.array(thing) }), 'output')).toMatchObject({
      properties: { things: { items: { $ref: '#/components/schemas/Thing' } } },
    });
    expect(components.all()).toMatchObject({ Thing: { type: 'object', required: ['name'] } });
  });

  it('hold what contains itself, once', () => {
    const components = new SchemaComponents();
    const first = components.add(z.object({ one: z.json(), other: z.json() }), 'input');
    const second = components.add(z.array(z.json()), 'input');
    expect(first).toMatchObject({ properties: { one: { $ref: '#/components/schemas/Recursive1' } } });
    expect(second).toMatchObject({ items: { $ref: '#/components/schemas/Recursive1' } });
    expect(Object.keys(components.all())).toEqual(['Recursive1']);
    expect(JSON.stringify(components.all())).not.toContain('$defs');
  });

  it('refuse one id for two schemas', () => {
    const components = new SchemaComponents();
    components.add(thing, 'output');
    expect(() => components.add(z.object({ title: z.string() }).meta({ id: 'Thing' }), 'output')).toThrow(TypeError);
    expect(() => components.add(thing, 'input')).toThrow('"Thing"');
  });
});
