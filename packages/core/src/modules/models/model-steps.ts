import { type Facts, type PlannedStep, stepsFor } from '../changes/index.js';
import type { Model } from './model.js';
import { insertModel, updateModel } from './model-store.js';

/** What has to happen so that there is this model. */
export function modelSteps(known: Model | undefined, model: Model): readonly PlannedStep[] {
  const before = known && factsOf(known);
  return stepsFor({ kind: 'model', name: model.name, before, after: factsOf(model) }, (transaction) =>
    known === undefined ? insertModel(transaction, model) : updateModel(transaction, model),
  );
}

/** Who set the price is one of them: it decides which of several is in force. */
function factsOf({ id: _id, name: _name, createdAt: _createdAt, price, priceSource, enabled, ...facts }: Model): Facts {
  return { ...price, priceSource, ...facts, enabled };
}
