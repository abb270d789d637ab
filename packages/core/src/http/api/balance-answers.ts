import { z } from 'zod';
import { amountText, type BalanceFailure, type ChannelBalance, channelBalanceOf, type KeyBalance } from '../../modules/balances/index.js';

const amount = (title: string) => z.string().meta({ title: `${title}, as decimal text` });
const currency = z.string().meta({ title: 'By ISO 4217' });
const unlimited = (title: string) => z.literal(true).optional().meta({ title });

const failure = z
  .object({ code: z.string(), message: z.string(), status: z.int().optional().meta({ title: 'What the upstream answered' }) })
  .meta({ id: 'BalanceFailure' });

/** What is left for one key. */
export const keyBalance = z
  .object({
    askedAt: z.iso.datetime(),
    statedAt: z.iso.datetime().optional().meta({ title: 'When the upstream said it; absent as long as it never did' }),
    amounts: z.array(z.object({ amount: amount('What is left, below zero where the account owes'), currency })),
    unlimited: unlimited('The upstream says that nothing bounds the key'),
    failure: failure.optional().meta({ title: 'Of the last question; what was stated before it stays known' }),
  })
  .meta({ id: 'KeyBalance' });

/** The same of a channel as a whole. */
export const channelBalance = z
  .object({
    askedAt: z.iso.datetime().meta({ title: 'When one of its keys was asked last' }),
    sums: z.array(
      z.object({
        currency,
        total: amount('Of all its keys: where keys share an account, it counts once for each of them'),
        lowest: amount('Of the key that has the least'),
      }),
    ),
    unlimitedKeys: z.int().meta({ title: 'How many keys nothing bounds' }),
    failedKeys: z.int().meta({ title: 'How many keys could not be asked the last time' }),
    failure: failure.optional().meta({ title: 'Why one of those could not' }),
  })
  .meta({ id: 'ChannelBalance' });

export function presentKeyBalance({ askedAt, stated, failure: failed }: KeyBalance): z.input<typeof keyBalance> {
  return {
    askedAt: timeOf(askedAt),
    ...(stated === undefined ? {} : { statedAt: timeOf(stated.at) }),
    amounts: (stated?.balance.amounts ?? []).map(({ micros, currency: name }) => ({ amount: amountText(micros), currency: name })),
    ...(stated?.balance.unlimited === undefined ? {} : { unlimited: true }),
    ...presentFailure(failed),
  };
}

/** Undefined where nothing was asked yet. */
export function presentChannelBalance(balances: readonly KeyBalance[]): z.input<typeof channelBalance> | undefined {
  const known = channelBalanceOf(balances);
  return known && presentBalance(known);
}

export function presentBalance(known: ChannelBalance): z.input<typeof channelBalance> {
  return {
    askedAt: timeOf(known.askedAt),
    sums: known.sums.map(({ currency: name, totalMicros, lowestMicros }) => ({
      currency: name,
      total: amountText(totalMicros),
      lowest: amountText(lowestMicros),
    })),
    unlimitedKeys: known.unlimited,
    failedKeys: known.failed,
    ...presentFailure(known.failure),
  };
}

function presentFailure(failed: BalanceFailure | undefined): { failure?: BalanceFailure } {
  return failed === undefined ? {} : { failure: { ...failed } };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
