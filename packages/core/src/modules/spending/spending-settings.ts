import { z } from 'zod';
import { defineSettings } from '../settings/index.js';
import { isTimeZone } from './spend-calendar.js';

export const spendingSettings = defineSettings('spending', {
  timeZone: z
    .string()
    .refine(isTimeZone, 'Expected a time zone such as UTC or Europe/Berlin.')
    .default('UTC')
    .meta({ title: 'Time zone in which the days and months of spend caps begin' }),
});
