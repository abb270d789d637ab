import type { Channel } from '../modules/channels/index.js';
import { type ChannelLimits, LimitReachedError, LimitsUnavailableError, type LimitTicket } from '../modules/limits/index.js';
import type { Candidate, NoRoom } from '../modules/routing/index.js';
import type { ChannelSpending } from '../modules/spending/index.js';
import type { Route } from './route.js';

/** What bounds the use of channels beside their health. */
export interface ChannelRoomDoors {
  readonly channelLimits: Pick<ChannelLimits, 'admit'>;
  readonly channelSpending: Pick<ChannelSpending, 'reachedUntil'>;
}

/** The same for somebody who only looks. */
export interface ChannelLookDoors extends Pick<ChannelRoomDoors, 'channelSpending'> {
  readonly channelLimits: Pick<ChannelLimits, 'look'>;
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
  const spent = spentRoom(channelSpending, channel, now);
  if (spent !== undefined) return spent;
  try {
    return await channelLimits.admit({ channelId: channel.id, keyId: key.id, values: channel.options }, tokens);
  } catch (error) {
    if (!(error instanceof LimitReachedError || error instanceof LimitsUnavailableError)) throw error;
    return noRoomBy(error, now);
  }
}

/** What {@link takeRoom} would find at each of these now, if there is none. Counts nothing. */
export async function lookForRooms(
  { channelLimits, channelSpending }: ChannelLookDoors,
  candidates: readonly Candidate[],
  tokens: number,
  now: number,
): Promise<readonly (NoRoom | undefined)[]> {
  const places = candidates.map(({ channel, key }) => ({ channelId: channel.id, keyId: key.id, values: channel.options }));
  const refusals = places.length === 0 ? [] : await channelLimits.look(places, tokens);
  return candidates.map(({ channel }, index) => {
    const refusal = refusals[index];
    return spentRoom(channelSpending, channel, now) ?? (refusal && noRoomBy(refusal, now));
  });
}

function spentRoom(spending: ChannelRoomDoors['channelSpending'], { id }: Channel, now: number): NoRoom | undefined {
  const until = spending.reachedUntil(id, now);
  return until === undefined ? undefined : { reason: 'spend-cap-reached', isOfKey: false, until };
}

function noRoomBy(error: LimitReachedError | LimitsUnavailableError, now: number): NoRoom {
  const isOfKey = error instanceof LimitReachedError && error.rule.owner === 'key';
  return { reason: 'limit-reached', isOfKey, until: now + Math.max(lookAgainMsMin, error.retryAfterMs ?? 0) };
}
