import { LRUCache } from 'lru-cache';

/** A channel and one of its keys, by their ids. */
export interface ConversationPlace {
  readonly channelId: string;
  readonly keyId: string;
}

const minuteMs = 60_000;

/** Some four megabytes when it is full. */
const placesMax = 50_000;

export interface ConversationPlacesOptions {
  /** Milliseconds; only differences count. */
  now(): number;
  readonly placesMax?: number;
}

/** Where this node's conversations were answered last. Those that rest for longest are forgotten first. */
export class ConversationPlaces {
  readonly #places: LRUCache<number, ConversationPlace>;

  constructor({ now, placesMax: max = placesMax }: ConversationPlacesOptions) {
    // A time limit is given with each entry; without a resolution of its own the cache would start timers.
    this.#places = new LRUCache({ max, ttlResolution: 0, perf: { now } });
  }

  /** Undefined where the conversation is not known, or has rested for too long. */
  of(conversation: number): ConversationPlace | undefined {
    return this.#places.get(conversation, { updateAgeOnGet: true });
  }

  remember(conversation: number, channelId: string, keyId: string, minutes: number): void {
    const known = this.#places.peek(conversation);
    if (known !== undefined && known.channelId === channelId && known.keyId === keyId) return;
    this.#places.set(conversation, { channelId, keyId }, { ttl: minutes * minuteMs });
  }
}
