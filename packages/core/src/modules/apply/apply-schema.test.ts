import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseApplyFile } from './apply-file.js';
import { applyJsonSchema } from './apply-schema.js';

const docs = fileURLToPath(new URL('../../../../../docs/', import.meta.url));
const published = `${docs}apply.schema.json`;

describe('guide to apply files', () => {
  it('shows a file that is accepted', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(`${docs}apply.md`, 'utf8')) ?? [];
    const { document } = parseApplyFile(example, 'apply.md', { UPSTREAM_API_KEY: 'key', ALICE_PASSWORD: 'long enough' });
    expect(document.tokens.map(({ name }) => name)).toEqual(['dev', 'trial']);
  });
});

describe('JSON Schema of apply files', () => {
  it('is published as it is declared; UPDATE_DOCS=1 writes it anew', () => {
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(published, `${JSON.stringify(applyJsonSchema(), undefined, 2)}\n`);
    expect(JSON.parse(readFileSync(published, 'utf8'))).toEqual(applyJsonSchema());
  });

  it('marks secrets and allows no unknown field', () => {
    const schema = applyJsonSchema() as {
      properties: Record<string, { items: { properties: Record<string, unknown>; additionalProperties: unknown } }>;
    };
    expect(schema.properties['tokens']?.items.properties['key']).toMatchObject({ secret: true, minLength: 32 });
    expect(schema.properties['users']?.items.additionalProperties).toBe(false);
  });
});
