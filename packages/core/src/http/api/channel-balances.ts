import { z } from 'zod';
import type { AskedBalances, BalanceChoice } from '../../modules/upkeep/index.js';
import { keyBalance, presentKeyBalance } from './balance-answers.js';
import { channelId } from './channels.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

export interface ChannelBalanceDoors {
  refresh(channelId: string, choice: BalanceChoice): Promise<AskedBalances>;
}

/** Who asks waits for all of them. */
const keysMax = 50;

export const askedKeys = z.array(
  z.object({ keyId: z.string(), keyHint: z.string().meta({ title: 'Its first and last characters' }), balance: keyBalance }),
);

export function channelBalanceEndpoint({ refresh }: ChannelBalanceDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/balance',
    title: 'Ask the upstream of a channel what is left for its keys, and remember it',
    permission: 'channel.operate',
    params: channelId,
    body: z.strictObject({
      keyId: z
        .string()
        .min(1)
        .max(255)
        .optional()
        .meta({
          title: `Also one that is disabled; left out: all that are enabled, at most ${keysMax}, those first that were not asked for longest`,
        }),
    }),
    response: z.object({ keys: askedKeys, notAsked: z.int().meta({ title: 'How many keys are left for another time' }) }),
    handle: async ({ params: { id }, body: { keyId } }) => {
      const { keys, notAsked } = await refresh(id, { keyId, keysMax });
      return { keys: presentAsked(keys), notAsked };
    },
  });
}

export function presentAsked(keys: AskedBalances['keys']): z.input<typeof askedKeys> {
  return keys.map((key) => ({ keyId: key.keyId, keyHint: key.keyHint, balance: presentKeyBalance(key) }));
}
