import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

const milliseconds = z.int().min(1).max(86_400_000);

/** When channels, their models and their keys cool down, and when they are taken out. */
export const healthSettings = defineSettings('health', {
  coolDowns: z.boolean().default(true).meta({ title: 'What fails cools down before it is tried again, by one call first' }),
  openAfterFailures: z
    .int()
    .min(1)
    .max(1_000)
    .default(5)
    .meta({ title: 'Failures in a row after which a model of a channel, or the channel, cools down' }),
  coolDownMs: milliseconds.default(5_000).meta({ title: 'First cool-down; each further one is twice as long', unit: 'ms' }),
  refusedCoolDownMs: milliseconds
    .default(60_000)
    .meta({ title: 'First cool-down of a key that its upstream refuses, or that has no quota left', unit: 'ms' }),
  coolDownMaxMs: milliseconds.default(600_000).meta({ title: 'Longest cool-down, where the upstream states none', unit: 'ms' }),
  resetAfterMs: milliseconds
    .default(300_000)
    .meta({ title: 'Time without trouble after which cool-downs begin at the first again', unit: 'ms' }),
  probeTimeMaxMs: milliseconds
    .default(60_000)
    .meta({ title: 'After so long without a result of its one try, another is made', unit: 'ms' }),
  failureHalfLifeMs: milliseconds
    .default(60_000)
    .meta({ title: 'Time in which a failure loses half of its effect on the share of calls that a channel gets', unit: 'ms' }),
  disableStatusCodes: z
    .array(z.int().min(400).max(599))
    .default([401])
    .meta({ title: 'Statuses of an upstream that disable the key (or whatever the failure is about) until somebody or a test enables it' }),
  disableKeywords: z
    .array(z.string().trim().min(3).max(200))
    .max(200)
    .default([
      'credit balance is too low',
      'organization has been disabled',
      'account has been deactivated',
      'account is not active',
      'your account is not authorized',
      'api key has been revoked',
    ])
    .meta({ title: 'Texts in the failure of an upstream that disable the key in the same way; upper and lower case are the same' }),
  autoDisableModels: z.boolean().default(false).meta({ title: 'Disable a model of a channel after failures in a row' }),
  failureThreshold: z.int().min(1).max(1_000).default(10).meta({ title: 'Failures in a row that disable a model of a channel' }),
  recoveryMinutes: z.int().min(1).max(10_080).default(10).meta({ title: 'A model so disabled is enabled again after', unit: 'minutes' }),
});
