import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

const source = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[^:\s](?:[^:]*[^:\s])?$/, 'Use a name without colons: those are channels and lists.')
    .meta({ title: 'Under which its prices are shown' }),
  url: z
    .url({ protocol: /^https?$/ })
    .meta({ title: 'Another gateway (its root; where it publishes prices is found out), or a file of prices as JSON' }),
  allowPrivate: z.boolean().default(false).meta({ title: 'It may be at a private address' }),
});

/** Where prices are looked for besides the channels and what adapters have on record. */
export const priceSyncSettings = defineSettings('priceSync', {
  sources: z
    .array(source)
    .max(50)
    .refine((sources) => new Set(sources.map(({ name }) => name)).size === sources.length, 'Two sources have the same name.')
    .default([])
    .meta({ title: 'Other gateways and files that publish prices', example: [{ name: 'mirror', url: 'https://gateway.example.com' }] }),
  everyHours: z
    .int()
    .min(0)
    .max(8_760)
    .default(0)
    .meta({ title: 'How often all sources are asked by themselves; 0 = never', unit: 'hours' }),
  scheduled: z
    .enum(['show', 'apply'])
    .default('show')
    .meta({ title: 'What follows: differences are shown, or those without any conflict applied to models that nobody priced by hand' }),
  suspiciousFactor: z
    .number()
    .min(1.1)
    .max(1_000)
    .default(10)
    .meta({ title: 'A price that changes by more than this factor is suspicious and never applied by itself' }),
  publish: z
    .boolean()
    .default(true)
    .meta({ title: 'Everybody may read the prices at GET /api/prices and, in the form of New API, at GET /api/pricing' }),
});

export type PriceSourceSetting = z.output<typeof source>;
