import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

/** How long the gateway knows what lives at an upstream. */
export const resourceSettings = defineSettings('resources', {
  retentionDays: z
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .meta({ title: 'How long it is known which channel has a stored answer, where the upstream states no end', unit: 'days' }),
});
