import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

/** How channels are tested, by people and by themselves. */
export const channelTestSettings = defineSettings('channelTests', {
  timeoutMs: z.int().min(100).max(600_000).default(30_000).meta({ title: 'A test that takes longer has failed', unit: 'ms' }),
  everyMinutes: z
    .int()
    .min(0)
    .max(10_080)
    .default(0)
    .meta({ title: 'How often channels are tested by themselves; 0 = never', unit: 'minutes' }),
  scheduled: z
    .enum(['all', 'failing'])
    .default('failing')
    .meta({ title: 'Which of them: all that are enabled, or those of which something is disabled or cools down' }),
});
