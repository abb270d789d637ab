import type { Clock } from '../foundation/clock.js';
import type { Channel, ChannelDirectory } from '../modules/channels/index.js';
import type { GroupDirectory } from '../modules/groups/index.js';
import type { ChannelHealth } from '../modules/health/index.js';
import { type ResourceHome, ResourceUnreachableError } from '../modules/resources/index.js';
import { type Binding, keysOf } from './bound-channel.js';
import { homeChannelsOf, homeKeysOf } from './home-channels.js';
import { keysAskedMax } from './owner-search.js';
import { PlaceUnavailableError } from './relay-errors.js';
import type { ResourceCall } from './resource-call.js';
import { attemptPlaceOf, type ResourcePlace } from './resource-sender.js';
import { spokenForResources } from './route.js';

export interface ResourcePlacesDoors {
  readonly channels: Pick<ChannelDirectory, 'find' | 'channelsOf'>;
  readonly groups: Pick<GroupDirectory, 'allowedRoutes'>;
  readonly health: ChannelHealth;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Where a request for something that lives at an upstream may go: which keys of which channels, and which of them is well. */
export class ResourcePlaces {
  readonly #doors: ResourcePlacesDoors;

  constructor(doors: ResourcePlacesDoors) {
    this.#doors = doors;
  }

  /**
   * Where everything is that the body names, else wherever something of this kind may be, in the order of preference.
   * @throws ResourceUnreachableError, ResourceAccountGoneError
   */
  toMake(call: ResourceCall, binding: Binding | undefined): readonly ResourcePlace[] {
    if (binding !== undefined) {
      const places = this.at(call, binding, binding.field);
      if (places.length === 0) throw new ResourceUnreachableError(binding.field);
      return places;
    }
    const { principal, dialect } = call;
    const { channels, groups } = this.#doors;
    const homes = groups.allowedRoutes(principal).flatMap((group) => homeChannelsOf(principal.userId, channels.channelsOf(group)));
    return [...new Set(homes)].flatMap((channel) => {
      const spoken = spokenForResources(channel, dialect.wire);
      return spoken === undefined ? [] : homeKeysOf(principal.userId, channel).map((key) => ({ channel, key, spoken }));
    });
  }

  /** None where the channel does not serve the caller. @throws ResourceAccountGoneError */
  at(call: ResourceCall, home: ResourceHome, field: string | undefined): readonly ResourcePlace[] {
    const channel = this.channelOf(call, home);
    const spoken = channel && spokenForResources(channel, call.dialect.wire);
    if (channel === undefined || spoken === undefined) return [];
    const places = keysOf(channel, home, field).map((key) => ({ channel, key, spoken }));
    if (places.length <= keysAskedMax) return places;
    // Whoever asks again shall have others asked.
    const start = Math.floor(this.#doors.random() * places.length);
    return [...places.slice(start), ...places.slice(0, start)];
  }

  channelOf({ principal }: ResourceCall, { channelId }: ResourceHome): Channel | undefined {
    const { channels, groups } = this.#doors;
    return groups
      .allowedRoutes(principal)
      .map((group) => channels.find(channelId, group))
      .find((found) => found !== undefined);
  }

  /**
   * The first that may be asked now, its probe begun where it needs one. Undefined if there are none.
   * @throws PlaceUnavailableError if there are some and none may be asked; not where somebody has failed already, which says more.
   */
  free(places: readonly ResourcePlace[], isTold = true): ResourcePlace | undefined {
    const { health, clock } = this.#doors;
    const now = clock.now();
    let until: number | undefined;
    for (const place of places) {
      const { channelId, keyId, model } = attemptPlaceOf(place);
      const blocked = health.channelBlocked(channelId, model, now) ?? health.keyBlocked(keyId, now);
      if (blocked === undefined && health.beginProbe(channelId, keyId, model, now)) return place;
      if (blocked?.until !== undefined) until = Math.min(until ?? Number.POSITIVE_INFINITY, blocked.until);
    }
    if (places.length > 0 && isTold) throw new PlaceUnavailableError(until === undefined ? undefined : Math.max(0, until - now));
    return undefined;
  }
}
