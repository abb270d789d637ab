import { z } from 'zod';
import { defineSettings } from '../settings/index.js';
import { limitShape } from '../limit-rules/index.js';

const requests = (title: string) => z.int().min(0).max(1_000_000_000).default(0).meta({ title, unit: 'requests' });

const groupLimits = z.strictObject({
  ...limitShape,
  shared: z.boolean().optional().meta({ title: 'All users of the group together, instead of each' }),
});
const count = z.int().min(0).max(1_000_000_000);
const perMinuteAndHour = z.tuple([count, count], 'Expected two numbers: requests per minute, requests per hour.');
/** Limits of the users of a group, as settings and the group's page state them. */
export const groupLimitsSchema = z.union(
  [perMinuteAndHour, groupLimits],
  'Expected [per minute, per hour], or an object that names the limits.',
);

/** How often the gateway may be called. 0 = no limit. */
export const limitsSettings = defineSettings('limits', {
  requestsPerMinute: requests('Requests of one address in a minute; 0 = no limit'),
  requestsPerHour: requests('Requests of one address in an hour; 0 = no limit'),
  requestsPerDay: requests('Requests of one address in a day; 0 = no limit'),
  groups: z
    .record(z.string().min(1).max(255), groupLimitsSchema)
    .default({})
    .meta({
      title:
        'Group → limits of each of its users: `[per minute, per hour]`, or an object that names them as tokens do, with `shared: true` for one counter of the whole group',
      example: { default: [200, 100], vip: [0, 1000] },
    }),
  models: z
    .record(z.string().min(1).max(255), z.strictObject(limitShape))
    .default({})
    .meta({
      title: 'Model → limits of all calls to it, named as tokens name them',
      example: { 'gpt-4o': { requestsPerMinute: 60, concurrentCalls: 8 } },
    }),
  whenCountersAreAway: z.enum(['refuse', 'count-alone']).default('refuse').meta({
    title:
      'When the counters that nodes share cannot be reached: calls beyond what a node has leased are refused with 503, or each node counts alone',
  }),
});
