import type { Channel } from './channel.js';

type Names = ReadonlySet<string>;

/** Channels that offer the same models to the same groups: few, as a rule, however many channels there are. */
export interface OfferClass {
  readonly id: number;
  readonly models: Names;
  readonly groups: Names;
  readonly channels: number;
}

/**
 * What channels offer, by class: never changed, replaced as a whole. Sets of models are told apart by identity, which whoever opens channels shares
 * among those that offer the same; otherwise each channel is a class of its own, and all is as right as it is large.
 */
export class OfferClasses {
  readonly #byModels: ReadonlyMap<Names, readonly OfferClass[]>;
  readonly #nextId: number;
  /** Group → model → how many classes offer it. */
  readonly #offers: ReadonlyMap<string, ReadonlyMap<string, number>>;

  private constructor(
    byModels: ReadonlyMap<Names, readonly OfferClass[]>,
    offers: ReadonlyMap<string, ReadonlyMap<string, number>>,
    nextId: number,
  ) {
    this.#byModels = byModels;
    this.#offers = offers;
    this.#nextId = nextId;
  }

  static readonly none = new OfferClasses(new Map(), new Map(), 0);

  /** The classes with some channels gone and others added, and every class that one of them is of. */
  with(gone: readonly Channel[], added: readonly Channel[]): { readonly classes: OfferClasses; readonly touched: readonly OfferClass[] } {
    const byModels = new Map(this.#byModels);
    const offers = new Map([...this.#offers].map(([group, models]) => [group, new Map(models)]));
    const touched = new Map<number, OfferClass>();
    let nextId = this.#nextId;
    const change = ({ models, groups }: Channel, step: 1 | -1): void => {
      const known = byModels.get(models) ?? [];
      const before = known.find((offer) => areEqual(offer.groups, groups));
      const after = { ...(before ?? { id: nextId++, models, groups, channels: 0 }) };
      after.channels += step;
      touched.set(after.id, after);
      if (before === undefined || after.channels === 0) countOffers(offers, after, step);
      const left = [...known.filter((offer) => offer !== before), ...(after.channels > 0 ? [after] : [])];
      if (left.length > 0) byModels.set(models, left);
      else byModels.delete(models);
    };
    for (const channel of gone) change(channel, -1);
    for (const channel of added) change(channel, 1);
    return { classes: new OfferClasses(byModels, offers, nextId), touched: [...touched.values()] };
  }

  has(group: string, model: string): boolean {
    return this.#offers.get(group)?.has(model) === true;
  }

  modelsOf(group: string): Iterable<string> {
    return this.#offers.get(group)?.keys() ?? [];
  }

  /** The same text for all models that the same channels offer to the group. */
  keyOf(group: string, model: string): string {
    let key = group;
    for (const [models, classes] of this.#byModels)
      if (models.has(model)) for (const { id, groups } of classes) if (groups.has(group)) key += ` ${id}`;
    return key;
  }
}

function areEqual(one: Names, other: Names): boolean {
  return one.size === other.size && [...one].every((name) => other.has(name));
}

function countOffers(offers: Map<string, Map<string, number>>, { groups, models }: OfferClass, step: 1 | -1): void {
  for (const group of groups) {
    const counts = offers.get(group) ?? new Map<string, number>();
    offers.set(group, counts);
    for (const model of models) {
      const offering = (counts.get(model) ?? 0) + step;
      if (offering > 0) counts.set(model, offering);
      else counts.delete(model);
    }
  }
}
