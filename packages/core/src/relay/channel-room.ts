import type { Channel } from '../modules/channels/index.js';
import { type ChannelLimits, LimitReachedError, LimitsUnavailableError, type LimitTicket } from '../modules/limits/index.js';
import type { NoRoom } from '../modules/routing/index.js';
import type { ChannelSpending } from '../modules/spending/index.js';
import type { Route } from './route.js';

/** What bounds the use of channels beside their health. */
export interface ChannelRoomDoors {
  readonly channelLimits: Pick<ChannelLimits, 'admit'>;
  readonly channelSpending: Pick<ChannelSpending, 'reachedUntil'>;
}

/** True if the channel says how much it may be used. */
export function isBounded({ options }: Channel): boolean {
  return options.limits !== undefined || options.keyLimits !== undefined || options.spendCaps !== undefined;
}

/** Room that calls give back comes at any time: nobody looks for it more often. */
const lookAgainMsMin = 100;

/** Room for one attempt at its channel and key: a ticket where it is counted, or why there is none. */
export async function takeRoom(
  { channelLimits, channelSpending }: ChannelRoomDoors,
  { channel, key }: Route,
  tokens: number,
  now: number,
): Promise<LimitTicket | NoRoom | undefined> {
  const spentUntil = channelSpending.reachedUntil(channel.id, now);
  if (spentUntil !== undefined) return { reason: 'spend-cap-reached', isOfKey: false, until: spentUntil };
  try {
    return await channelLimits.admit({ channelId: channel.id, keyId: key.id, values: channel.options }, tokens);
  } catch (error) {
    if (!(error instanceof LimitReachedError || error instanceof LimitsUnavailableError)) throw error;
    const isOfKey = error instanceof LimitReachedError && error.rule.owner === 'key';
    return { reason: 'limit-reached', isOfKey, until: now + Math.max(lookAgainMsMin, error.retryAfterMs ?? 0) };
  }
}
