import { z } from 'zod';
import { defineSettings } from '../settings/index.js';
import { type AbnormalEnding, abnormalEndings, settlementPolicies } from './settlement.js';

function policyAt(ending: AbnormalEnding) {
  const { usual, title } = abnormalEndings[ending];
  return z.enum(settlementPolicies).default(usual).meta({ title });
}

/** What is charged for calls that end otherwise than they should; a model may have rules of its own. */
export const settlementSettings = defineSettings('settlement', {
  clientLeft: policyAt('clientLeft'),
  upstreamCut: policyAt('upstreamCut'),
  errorInside: policyAt('errorInside'),
  timeout: policyAt('timeout'),
  quotaEnded: policyAt('quotaEnded'),
  ledgerAway: policyAt('ledgerAway'),
  noUsage: policyAt('noUsage'),
  absurdUsage: policyAt('absurdUsage'),
  burntAttempt: policyAt('burntAttempt'),
  nodeDied: policyAt('nodeDied'),
  drainsMax: z.int().min(0).max(100_000).default(100).meta({ title: 'Answers read on in the background at once, on each node' }),
  drainBytesMax: z
    .int()
    .min(0)
    .default(16 * 1024 * 1024)
    .meta({ title: 'Read of one answer after its client left, at most', unit: 'bytes' }),
  drainTimeMaxMs: z.int().positive().default(60_000).meta({ title: 'Time to read on after the client left', unit: 'ms' }),
});
