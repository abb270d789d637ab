import { mixed32, pointOf } from '../../foundation/hash32.js';
import type { CandidateLevel, Channel } from '../channels/index.js';
import type { ChannelLoads } from './channel-loads.js';
import type { ConversationPlace, ConversationPlaces } from './conversation-places.js';

/** What a call goes on with. */
export interface SelectedConversation {
  /** From 0 to below 2^32, evenly spread. */
  readonly number: number;
  /** For how long it is remembered where it was answered. */
  readonly minutes: number;
  /** From how many times its share of all calls on a channel does not take conversations any more. */
  readonly loadMax: number;
}

export interface ConversationDrawParts {
  readonly loads: ChannelLoads;
  readonly places: ConversationPlaces;
  /** A number from 0 to below 1. */
  random(): number;
}

/** So many calls at once overload no channel. */
const easyCalls = 8;
/** No channel has this id. */
const nowhere = '';
/** Makes of a conversation's number the one that its key is drawn by. */
const keySalt = 0xffff_ffff;

/** What stands for chance while a channel is chosen: in a conversation numbers that come out alike on every node, until it has to yield. */
export class ConversationDraw {
  readonly #parts: ConversationDrawParts;
  readonly #given: SelectedConversation | undefined;
  #conversation: SelectedConversation | undefined;
  #draws = 0;

  /** @param conversation undefined for calls that belong to none */
  constructor(parts: ConversationDrawParts, conversation: SelectedConversation | undefined) {
    this.#parts = parts;
    this.#given = conversation;
    this.#conversation = conversation;
  }

  /** From 0 to below 1. */
  chance(): number {
    if (this.#conversation === undefined) return this.#parts.random();
    this.#draws += 1;
    return pointOf(mixed32(this.#conversation.number, this.#draws));
  }

  /** Where the conversation was answered last; undefined where nobody knows, or it has yielded. */
  place(): ConversationPlace | undefined {
    const place = this.#conversation && this.#parts.places.of(this.#conversation.number);
    if (place?.channelId !== nowhere) return place;
    this.#conversation = undefined;
    return undefined;
  }

  /** True where the channel has so many calls that the conversation must not add to them; from then on chance decides as for all calls. */
  mustYield(channel: Channel, { channels, totalWeight }: CandidateLevel): boolean {
    if (this.#conversation === undefined || channels.length === 1) return false;
    const { loads } = this.#parts;
    const share = totalWeight > 0 ? channel.weight / totalWeight : 1 / channels.length;
    if (loads.callsAt(channel.id) < Math.max(easyCalls, this.#conversation.loadMax * share * loads.allCalls)) return false;
    this.#conversation = undefined;
    return true;
  }

  /**
   * The channel of a level that is the conversation's own, undefined where there is no conversation: weighted rendezvous hashing, so that each node
   * finds the same, shares follow the weights, and a channel that comes or goes moves no conversation but those that it takes or had.
   *
   * @param weightOf 0 for channels that cannot be used
   */
  home({ channels, idHashes }: CandidateLevel, weightOf: (channel: Channel) => number): Channel | undefined {
    if (this.#conversation === undefined) return undefined;
    let home: Channel | undefined;
    let nearest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < channels.length; index += 1) {
      const channel = channels[index] as Channel;
      const weight = weightOf(channel);
      if (weight <= 0) continue;
      // Exponentially distributed: the nearest is drawn with the probability of its weight.
      const distance = -Math.log(1 - pointOf(mixed32(this.#conversation.number, idHashes[index] as number))) / weight;
      if (distance < nearest) [home, nearest] = [channel, distance];
    }
    return home;
  }

  /** Where to begin among the channel's keys: a conversation has its key, as it has its channel. Undefined where there is no conversation. */
  firstKeyOf({ keys }: Channel): number | undefined {
    if (this.#conversation === undefined) return undefined;
    return Math.floor(pointOf(mixed32(this.#conversation.number, keySalt)) * keys.length);
  }

  /** An answer that began has failed: whoever asks again must not be sent to the same place again and again. The next call goes by chance. */
  brokenOff(): void {
    this.answeredAt(nowhere, nowhere);
  }

  answeredAt(channelId: string, keyId: string): void {
    if (this.#given !== undefined) this.#parts.places.remember(this.#given.number, channelId, keyId, this.#given.minutes);
  }
}
