import { z } from 'zod';
import { defineSettings } from '../modules/settings/index.js';

/** How calls are sent, tried again and ended. */
export const relaySettings = defineSettings('relay', {
  attemptsMax: z.int().min(1).max(20).default(4).meta({ title: 'Channels tried for one call at most' }),
  attemptsTimeMaxMs: z.int().positive().default(120_000).meta({ title: 'No new attempt after', unit: 'ms' }),
  attemptsPauseMs: z.int().min(0).max(60_000).default(0).meta({
    title: 'Pause before the second attempt, twice as long before each further one; 0: none, since it goes elsewhere',
    unit: 'ms',
  }),
  attemptsPauseMaxMs: z.int().min(1).max(600_000).default(5_000).meta({ title: 'Longest pause between two attempts', unit: 'ms' }),
  channelWaitMaxMs: z
    .int()
    .min(0)
    .max(600_000)
    .default(2_000)
    .meta({ title: 'A call whose channels all cool down waits where one of them is free within', unit: 'ms' }),
  connectTimeoutMs: z.int().positive().default(10_000).meta({ title: 'Time to connect to an upstream', unit: 'ms' }),
  firstByteTimeoutMs: z.int().positive().default(300_000).meta({ title: 'Time until an upstream answers', unit: 'ms' }),
  idleTimeoutMs: z.int().positive().default(300_000).meta({ title: 'Silence allowed inside an answer', unit: 'ms' }),
  keepAliveAfterMs: z
    .int()
    .min(1_000)
    .default(15_000)
    .meta({ title: 'Silence after which a stream gets a keep-alive comment', unit: 'ms' }),
  onLoss: z.enum(['allow', 'header', 'reject']).default('header').meta({ title: 'When a translation cannot carry a field' }),
  answerBytesMax: z.int().positive().default(268_435_456).meta({ title: 'Size of an unstreamed answer at most', unit: 'bytes' }),
});
