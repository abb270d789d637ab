import { type CandidateList, candidateListOf } from './candidate-list.js';
import type { Channel } from './channel.js';

/** A model that some channel of a group offers. */
export interface OfferedModel {
  readonly name: string;
  /** Id of the provider of the channel that is tried first. */
  readonly owner: string;
}

const noCandidates: CandidateList = candidateListOf([]);
const noOffers: readonly OfferedModel[] = Object.freeze([]);

/** What a group's channels offer: model → how many of them do. */
type Offers = ReadonlyMap<string, number>;

/**
 * All channels that can be used, found by group and model: never changed, replaced as a whole. Lists of candidates are made when they are
 * first asked for, and those of models that a change leaves alone are handed on: a change of one channel among thousands costs what that
 * channel offers.
 */
export class ChannelTable {
  /** Highest priority first. */
  readonly channels: readonly Channel[];
  readonly #byId: ReadonlyMap<string, Channel>;
  readonly #offers: ReadonlyMap<string, Offers>;
  /** Group → model → list; filled on demand. */
  readonly #lists: Map<string, Map<string, CandidateList>>;
  readonly #shown = new Map<string, readonly OfferedModel[]>();

  private constructor(channels: readonly Channel[], offers: ReadonlyMap<string, Offers>, lists: Map<string, Map<string, CandidateList>>) {
    this.channels = channels;
    this.#byId = new Map(channels.map((channel) => [channel.id, channel]));
    this.#offers = offers;
    this.#lists = lists;
  }

  static of(channels: readonly Channel[]): ChannelTable {
    return new ChannelTable([], new Map(), new Map()).with(channels, []);
  }

  /** The table with some channels added or replaced, and some gone. */
  with(changed: readonly Channel[], goneIds: readonly string[]): ChannelTable {
    const without = new Set([...goneIds, ...changed.map(({ id }) => id)]);
    const old = [...without].flatMap((id) => this.#byId.get(id) ?? []);
    const kept = old.length === 0 ? this.channels : this.channels.filter(({ id }) => !without.has(id));
    const offers = new Map([...this.#offers].map(([group, models]) => [group, new Map(models)]));
    const lists = new Map([...this.#lists].map(([group, models]) => [group, new Map(models)]));
    for (const channel of old) count(channel, -1, offers, lists);
    for (const channel of changed) count(channel, 1, offers, lists);
    return new ChannelTable([...kept, ...changed].sort(byPriority), offers, lists);
  }

  find(id: string): Channel | undefined {
    return this.#byId.get(id);
  }

  /** Of nothing, if no channel of the group offers the model. */
  candidatesFor(model: string, group: string): CandidateList {
    const known = this.#lists.get(group)?.get(model);
    if (known !== undefined) return known;
    // Asked first, since callers may name models without end.
    if (this.#offers.get(group)?.has(model) !== true) return noCandidates;
    const list = candidateListOf(this.channels.filter(({ groups, models }) => groups.has(group) && models.has(model)));
    const lists = this.#lists.get(group) ?? new Map<string, CandidateList>();
    this.#lists.set(group, lists.set(model, list));
    return list;
  }

  /** The models that a group's channels offer, in order of their names. */
  offersOf(group: string): readonly OfferedModel[] {
    const known = this.#shown.get(group);
    if (known !== undefined) return known;
    const names = [...(this.#offers.get(group)?.keys() ?? [])].sort();
    if (names.length === 0) return noOffers;
    const owners = new Map<string, string>();
    for (const { groups, models, adapter } of this.channels)
      if (groups.has(group)) for (const model of models) if (!owners.has(model)) owners.set(model, adapter.id);
    const offers = Object.freeze(names.map((name) => ({ name, owner: owners.get(name) ?? '' })));
    this.#shown.set(group, offers);
    return offers;
  }
}

function byPriority(one: Channel, other: Channel): number {
  return other.priority - one.priority || (one.name < other.name ? -1 : 1);
}

/** Counts what a channel offers, and drops the lists that it stands in, or now belongs in. */
function count(
  { groups, models }: Channel,
  step: 1 | -1,
  offers: Map<string, Map<string, number>>,
  lists: Map<string, Map<string, CandidateList>>,
): void {
  for (const group of groups) {
    const counts = offers.get(group) ?? new Map<string, number>();
    offers.set(group, counts);
    for (const model of models) {
      const offering = (counts.get(model) ?? 0) + step;
      if (offering > 0) counts.set(model, offering);
      else counts.delete(model);
      lists.get(group)?.delete(model);
    }
  }
}
