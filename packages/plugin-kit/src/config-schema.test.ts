import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonSchemaOf, secret, secretFields } from './config-schema.js';

const wrapped: readonly (readonly [string, z.ZodType])[] = [
  ['plain', secret('API key')],
  ['with a check', secret('API key').min(20)],
  ['optional', secret('API key').optional()],
  ['with a default', secret('API key').default('none')],
  ['optional with a default', secret('API key').optional().default('none')],
  ['with more metadata', secret('API key').meta({ help: 'From the console.' })],
  ['transformed', secret('API key').transform((key) => key.trim())],
  ['preprocessed', z.preprocess((key) => key, secret('API key'))],
];

describe('secret', () => {
  it.each(wrapped)('is found in a schema and kept in JSON Schema: %s', (_how, field) => {
    const schema = z.object({ baseUrl: z.url().meta({ title: 'Base URL' }), apiKey: field });
    expect(secretFields(schema)).toEqual(['apiKey']);
    expect(jsonSchemaOf(schema)).toMatchObject({
      properties: { baseUrl: { title: 'Base URL' }, apiKey: { type: 'string', title: 'API key', secret: true } },
    });
  });

  it('is never empty', () => {
    expect(secret('API key').safeParse('').success).toBe(false);
  });
});

describe('jsonSchemaOf', () => {
  it('describes what a form sends: fields with a default are not required', () => {
    const schema = z.object({ region: z.enum(['eu', 'us']).default('eu').meta({ title: 'Region' }), apiKey: secret('API key') });
    expect(jsonSchemaOf(schema)).toMatchObject({
      required: ['apiKey'],
      properties: { region: { enum: ['eu', 'us'], default: 'eu', title: 'Region' } },
    });
  });
});
