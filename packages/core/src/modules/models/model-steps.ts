import { type Facts, type PlannedStep, stepsFor } from '../changes/index.js';
import type { Model } from './model.js';
import { insertModel, updateModel } from './model-store.js';

/**
 * What has to happen so that there is this model.
 * @param withSource who set the price matters, too, and not the price alone
 */
export function modelSteps(known: Model | undefined, model: Model, { withSource = false } = {}): readonly PlannedStep[] {
  const compared = (each: Model): Facts => ({ ...factsOf(each), ...(withSource ? { priceSource: each.priceSource } : {}) });
  const before = known && compared(known);
  return stepsFor({ kind: 'model', name: model.name, before, after: compared(model) }, (transaction) =>
    known === undefined ? insertModel(transaction, model) : updateModel(transaction, model),
  );
}

function factsOf({ id: _id, name: _name, createdAt: _createdAt, price, priceSource: _priceSource, enabled, ...facts }: Model): Facts {
  return { ...price, ...facts, enabled };
}
