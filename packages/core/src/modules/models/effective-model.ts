import { type EffectiveModel, isPricedByHand, type Model } from './model.js';

type Priced = Pick<EffectiveModel, 'price' | 'priceSource' | 'pricedBy'>;
type Switched = Pick<EffectiveModel, 'enabled' | 'enabledBy'>;

/**
 * What entries say of a name together, each aspect by itself.
 * @param entries those that speak for the name, the one that says most first
 * @param hint what is known where no entry says anything
 */
export function effectiveModel(name: string, entries: readonly [Model, ...Model[]], hint: Partial<Model> = {}): EffectiveModel {
  const [first] = entries;
  const { id, createdAt } = first;
  const facts: Partial<Model> = Object.assign({}, hint, ...entries.toReversed().map(factsOf));
  return { ...facts, id, name, createdAt, ...switchedBy(entries), ...pricedBy(entries) };
}

function factsOf({ enabled: _enabled, price: _price, priceSource: _priceSource, ...facts }: Model): Partial<Model> {
  return facts;
}

/** The first entry that says it. */
function switchedBy(entries: readonly Model[]): Switched {
  const { enabled, name } = entries.find((entry) => entry.enabled !== undefined) ?? {};
  return enabled === undefined || name === undefined ? { enabled: true } : { enabled, enabledBy: name };
}

/** What a person has set for many names is not undone by what nobody has set for one. A price goes with its source. */
function pricedBy(entries: readonly Model[]): Priced {
  const { price, priceSource = 'manual', name } = entries.find(isPricedByHand) ?? entries.find((entry) => entry.price !== undefined) ?? {};
  return price === undefined || name === undefined ? {} : { price, priceSource, pricedBy: name };
}
