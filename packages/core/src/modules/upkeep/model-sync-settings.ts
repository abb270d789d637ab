import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

/** How the models of channels follow the lists of their upstreams. */
export const modelSyncSettings = defineSettings('modelSync', {
  auto: z.boolean().default(false).meta({ title: 'Upstreams are asked for their models again and again, and channels follow' }),
  everyHours: z.int().min(1).max(8_760).default(24).meta({ title: 'How often each of them is asked', unit: 'hours' }),
  keepCustom: z.boolean().default(true).meta({
    title:
      'What people have chosen stays: only models are taken away that the sync has added, and only those are added that are new at the upstream',
  }),
});
