import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineSettings } from './modules/settings/index.js';
import { settingsDefinitions } from './settings-definitions.js';
import { settingsPage } from './testing/settings-page.js';

const published = fileURLToPath(new URL('../../../docs/settings.md', import.meta.url));

describe('settings', () => {
  it('are published in docs/settings.md as they are declared; UPDATE_DOCS=1 writes it anew', () => {
    const page = settingsPage(settingsDefinitions);
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(published, page);
    expect(readFileSync(published, 'utf8')).toBe(page);
  });

  it('each have a title', () => {
    const untitled = settingsDefinitions.flatMap(({ section, schema }) =>
      Object.entries(schema.shape).flatMap(([name, field]) =>
        (field as z.ZodType).meta()?.['title'] === undefined ? [`${section}.${name}`] : [],
      ),
    );
    expect(untitled).toEqual([]);
  });

  it('are shown with their values, unit and default', () => {
    const section = defineSettings('mail', {
      retries: z.int().min(1).max(2_000).default(1_500).meta({ title: 'Tries', unit: 'letters' }),
      waitMs: z.int().positive().default(5).meta({ title: 'Wait', unit: 'ms' }),
      mode: z.enum(['loud', 'quiet']).default('quiet').meta({ title: 'Noise' }),
      from: z.string().default('gateway').meta({ title: 'Sender' }),
    });
    const page = settingsPage([section]);
    expect(page).toContain('| `retries` | whole number of letters, 1 to 2,000 | 1,500 | Tries |');
    expect(page).toContain('| `waitMs` | whole number of ms, at least 1 | 5 | Wait |');
    expect(page).toContain('| `mode` | `loud`, `quiet` | `quiet` | Noise |');
    expect(page).toContain('| `from` | text | `gateway` | Sender |');
  });
});
