import { candidateListOf, type Channel } from '../modules/channels/index.js';
import { ResourceUnreachableError } from '../modules/resources/index.js';
import type { GroupOffer } from './auto-selection.js';
import { type Binding, keysOf } from './bound-channel.js';
import type { RelayCall } from './relay-call.js';
import { routeTo } from './route.js';

type BoundCall = Pick<RelayCall, 'facts' | 'dialect'>;

/** The one channel at which what the request names lives. @throws ResourceUnreachableError, ResourceAccountGoneError */
export function boundTo(binding: Binding, offers: readonly GroupOffer[], call: BoundCall): GroupOffer {
  for (const { group, list } of offers) {
    const owner = list.find(binding.channelId);
    if (owner !== undefined && isNative(owner, call))
      return { group, list: candidateListOf([{ ...owner, keys: keysOf(owner, binding, binding.field) }]) };
  }
  throw new ResourceUnreachableError(binding.field, call.facts.model);
}

/** True if the channel speaks the caller's own language. */
export function isNative(channel: Channel, call: BoundCall): boolean {
  const [key] = channel.keys;
  const route = key && routeTo({ channel, key }, call, 1);
  return route !== undefined && route.lane !== 'translate';
}
