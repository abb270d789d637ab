import type { PlannedStep } from '../changes/index.js';
import { modelOf, modelSteps, vendorOf, vendorSteps } from '../models/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

export function planModels(document: ApplyDocument, state: ApplyState, { clock }: ApplyContext): readonly PlannedStep[] {
  return document.models.flatMap(({ name, priceSource, ...entry }) => {
    const known = state.models.get(name);
    const model = modelOf(name, entry, known, clock);
    return modelSteps(known, priceSource === undefined || model.price === undefined ? model : { ...model, priceSource });
  });
}

export function planVendors(document: ApplyDocument, state: ApplyState, { clock }: ApplyContext): readonly PlannedStep[] {
  return Object.entries(document.vendors).flatMap(([name, entry]) => {
    const known = state.vendors.get(name);
    return vendorSteps(known, vendorOf(name, entry, known, clock));
  });
}
