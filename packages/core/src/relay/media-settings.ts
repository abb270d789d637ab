import { z } from 'zod';
import { defineSettings } from '../modules/settings/index.js';

/** Media that callers name by address and that the gateway fetches, because the upstream takes bytes only. */
export const mediaSettings = defineSettings('media', {
  fetchedMax: z.int().min(0).max(100).default(20).meta({ title: 'Addresses fetched for one call at most; 0 fetches none' }),
  bytesMax: z
    .int()
    .positive()
    .default(20 * 1024 * 1024)
    .meta({ title: 'Size of all that is fetched for one call at most', unit: 'bytes' }),
  timeoutMs: z.int().positive().default(15_000).meta({ title: 'Time to fetch it all', unit: 'ms' }),
  allowPrivate: z
    .boolean()
    .default(false)
    .meta({ title: 'Callers may name addresses in private networks: opens whatever the gateway can reach to everyone with a key' }),
});
