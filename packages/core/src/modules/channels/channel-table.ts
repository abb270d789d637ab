import { type CandidateList, candidateListOf } from './candidate-list.js';
import type { Channel } from './channel.js';
import { OfferClasses } from './offer-classes.js';

/** A model that some channel of a group offers. */
export interface OfferedModel {
  readonly name: string;
  /** Id of the provider of the channel that is tried first. */
  readonly owner: string;
}

const noCandidates: CandidateList = candidateListOf([]);
const noOffers: readonly OfferedModel[] = Object.freeze([]);

/**
 * All channels that can be used, found by group and model: never changed, replaced as a whole. Lists of candidates are made when they are
 * first asked for, shared by models that the same channels offer, and handed on where a change leaves their models alone: a change of one
 * channel among thousands costs what that channel offers.
 */
export class ChannelTable {
  /** Highest priority first. */
  readonly channels: readonly Channel[];
  readonly #byId: ReadonlyMap<string, Channel>;
  readonly #classes: OfferClasses;
  /** Group → model → list; filled on demand. */
  readonly #lists: Map<string, Map<string, CandidateList>>;
  /** Key of classes → list, of those made for this table. */
  readonly #sharedLists = new Map<string, CandidateList>();
  readonly #shown = new Map<string, readonly OfferedModel[]>();

  private constructor(channels: readonly Channel[], classes: OfferClasses, lists: Map<string, Map<string, CandidateList>>) {
    this.channels = channels;
    this.#byId = new Map(channels.map((channel) => [channel.id, channel]));
    this.#classes = classes;
    this.#lists = lists;
  }

  static of(channels: readonly Channel[]): ChannelTable {
    return new ChannelTable([], OfferClasses.none, new Map()).with(channels, []);
  }

  /** The table with some channels added or replaced, and some gone. */
  with(changed: readonly Channel[], goneIds: readonly string[]): ChannelTable {
    const without = new Set([...goneIds, ...changed.map(({ id }) => id)]);
    const old = [...without].flatMap((id) => this.#byId.get(id) ?? []);
    const kept = old.length === 0 ? this.channels : this.channels.filter(({ id }) => !without.has(id));
    const lists = new Map([...this.#lists].map(([group, models]) => [group, new Map(models)]));
    const { classes, touched } = this.#classes.with(old, changed);
    for (const { groups, models } of touched)
      for (const group of groups) {
        const ofGroup = lists.get(group);
        if (ofGroup !== undefined) for (const model of models) ofGroup.delete(model);
      }
    return new ChannelTable([...kept, ...changed].sort(byPriority), classes, lists);
  }

  find(id: string): Channel | undefined {
    return this.#byId.get(id);
  }

  /** Of nothing, if no channel of the group offers the model. */
  candidatesFor(model: string, group: string): CandidateList {
    const known = this.#lists.get(group)?.get(model);
    if (known !== undefined) return known;
    // Asked first, since callers may name models without end.
    if (!this.#classes.has(group, model)) return noCandidates;
    const key = this.#classes.keyOf(group, model);
    const list =
      this.#sharedLists.get(key) ?? candidateListOf(this.channels.filter(({ groups, models }) => groups.has(group) && models.has(model)));
    this.#sharedLists.set(key, list);
    const lists = this.#lists.get(group) ?? new Map<string, CandidateList>();
    this.#lists.set(group, lists.set(model, list));
    return list;
  }

  /** The models that a group's channels offer, in order of their names. */
  offersOf(group: string): readonly OfferedModel[] {
    const known = this.#shown.get(group);
    if (known !== undefined) return known;
    const names = [...this.#classes.modelsOf(group)].sort();
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
