import { newId } from '../../foundation/ids.js';
import type { PlannedStep } from '../changes/index.js';
import { type Model, modelSteps } from '../models/index.js';
import { inRatios, type ModelPrice, modelPriceOf } from '../pricing/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

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
    return modelSteps(known, model);
  });
}

/** A file that says nothing of the price leaves one that nobody set by hand. */
function pricedAs(price: ModelPrice | undefined, known: Model | undefined): Pick<Model, 'price' | 'priceSource'> {
  if (price !== undefined) return { price, priceSource: 'manual' };
  if (known?.price === undefined || known.priceSource === undefined || known.priceSource === 'manual') return {};
  return { price: known.price, priceSource: known.priceSource };
}
