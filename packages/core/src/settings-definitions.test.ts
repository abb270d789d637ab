import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { limitsSettings } from './modules/limits/index.js';
import { decimalSchema, pricingSettings } from './modules/pricing/index.js';
import { checkSetting, defineSettings } from './modules/settings/index.js';
import { spendingSettings } from './modules/spending/index.js';
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
      fee: decimalSchema.default('1.5').meta({ title: 'Fee' }),
      fees: z
        .record(z.string(), decimalSchema)
        .default({ near: '1' })
        .meta({ title: 'Fees', example: { far: 2 } }),
    });
    const page = settingsPage([section]);
    expect(page).toContain('| `retries` | whole number of letters, 1 to 2,000 | 1,500 | Tries |');
    expect(page).toContain('| `waitMs` | whole number of ms, at least 1 | 5 | Wait |');
    expect(page).toContain('| `mode` | `loud`, `quiet` | `quiet` | Noise |');
    expect(page).toContain('| `from` | text | `gateway` | Sender |');
    expect(page).toContain('| `fee` | decimal, as number or text | `1.5` | Fee |');
    expect(page).toContain('| `fees` | object, such as `{"far":2}` | `{"near":"1"}` | Fees |');
  });

  it('take numbers wherever decimals stand, as models do', () => {
    expect(checkSetting(pricingSettings, 'defaultGroupRatio', 0.5)).toBe('0.5');
    expect(checkSetting(pricingSettings, 'defaultModelRatio', 40)).toBe('40');
    expect(checkSetting(pricingSettings, 'toolFees', { webSearch: 10, 'webSearch:gpt-4o*': '2.50' })).toEqual({
      webSearch: '10',
      'webSearch:gpt-4o*': '2.5',
    });
  });

  it.each([
    {
      of: pricingSettings,
      field: 'toolFees',
      value: { starSearch: 1 },
      says: 'toolFees: starSearch: Use a tool, such as webSearch, or',
    },
    { of: spendingSettings, field: 'timeZone', value: 'Mars', says: 'timeZone: Expected a time zone such as UTC or Europe/Berlin.' },
    { of: limitsSettings, field: 'groups', value: { a: [200] }, says: 'a: Expected two numbers: requests per minute, requests per hour.' },
    {
      of: limitsSettings,
      field: 'groups',
      value: { a: { share: true } },
      says: 'share: There is no such field. There are: requestsPerMinute,',
    },
    {
      of: limitsSettings,
      field: 'groups',
      value: { a: 3 },
      says: 'a: Expected [per minute, per hour], or an object that names the limits.',
    },
    {
      of: limitsSettings,
      field: 'models',
      value: { a: { requestsPerDay: -1 } },
      says: 'a: requestsPerDay: Too small: expected number to be >=0.',
    },
  ])('say what would fit instead of $value', ({ of, field, value, says }) => {
    const refused = () => checkSetting(of, field, value);
    expect(refused).toThrow(says);
    expect(refused).toThrow(/[^.]\.$/);
  });
});
