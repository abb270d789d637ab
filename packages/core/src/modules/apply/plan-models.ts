import { newId } from '../../foundation/ids.js';
import { insertModel, type Model, updateModel } from '../models/index.js';
import { inRatios, type ModelPrice, modelPriceOf } from '../pricing/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import type { Facts } from './facts.js';
import { type PlannedStep, stepsFor } from './plan-step.js';

export function planModels(document: ApplyDocument, state: ApplyState, { clock }: ApplyContext): readonly PlannedStep[] {
  return document.models.flatMap(({ name, enabled, outputTokensMax, settlement, ...priceFields }) => {
    const known = state.models.get(name);
    const model: Model = {
      id: known?.id ?? newId(),
      name,
      enabled,
      createdAt: known?.createdAt ?? clock.now(),
      ...pricedAs(modelPriceOf(inRatios(priceFields)), known),
      ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
      ...(settlement === undefined ? {} : { settlement }),
    };
    return stepsFor({ kind: 'model', name, before: known && factsOf(known), after: factsOf(model) }, (transaction) =>
      known === undefined ? insertModel(transaction, model) : updateModel(transaction, model),
    );
  });
}

/** A file that says nothing of the price leaves one that nobody set by hand. */
function pricedAs(price: ModelPrice | undefined, known: Model | undefined): Pick<Model, 'price' | 'priceSource'> {
  if (price !== undefined) return { price, priceSource: 'manual' };
  if (known?.price === undefined || known.priceSource === undefined || known.priceSource === 'manual') return {};
  return { price: known.price, priceSource: known.priceSource };
}

function factsOf({ price, outputTokensMax, settlement, enabled }: Model): Facts {
  return { ...price, outputTokensMax, settlement, enabled };
}
