import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

export const ledgerSettings = defineSettings('ledger', {
  durability: z
    .enum(['power', 'process'])
    .default('power')
    .meta({ title: 'What a booking survives: a power cut (power), or the end of the process only (process, faster)' }),
  holdOutputTokensMax: z.int().positive().default(4_096).meta({ title: 'Output tokens held before a call, at most', unit: 'tokens' }),
  holdReferencedTokens: z
    .int()
    .min(0)
    .default(8_192)
    .meta({
      title:
        'Input held for each stored answer, conversation or file that a request names and of which nobody knows how long it is; ' +
        'most are known, and held as what they are',
      unit: 'tokens',
    }),
  holdExtensionTokens: z
    .int()
    .positive()
    .default(4_096)
    .meta({ title: 'Step by which the hold of a stream grows that outgrows it', unit: 'tokens' }),
  unheldOutputTokensMax: z
    .int()
    .min(0)
    .default(4_096)
    .meta({ title: 'How far a stream may run ahead of its hold while the database is away, at most', unit: 'tokens' }),
  nodeLeaseMs: z.int().min(500).default(30_000).meta({ title: 'How long a node that says nothing counts as alive', unit: 'ms' }),
});
