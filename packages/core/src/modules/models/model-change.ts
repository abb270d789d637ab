import { z } from 'zod';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import { dollarPriceShape, inRatios, modelPriceOf, modelPriceShape } from '../pricing/index.js';
import { modelEntryShape, modelFactShape, priceProblem, vendorEntryShape } from './model-entry.js';
import type { Model } from './model.js';
import type { Vendor } from './vendor.js';

const { vendor, type, icon, description, tags, capabilities, contextTokensMax, endpoints, outputTokensMax } = modelFactShape;

const price = z.strictObject({ ...modelPriceShape, ...dollarPriceShape }).superRefine((fields, context) => {
  const message = priceProblem(fields) ?? (modelPriceOf(inRatios(fields)) === undefined ? 'States no price.' : undefined);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** What is to become of a model: left out, a field stays; null takes it away. */
export const modelChangeSchema = z.strictObject({
  vendor: vendor.nullable(),
  type: type.nullable(),
  icon: icon.nullable(),
  description: description.nullable(),
  tags: tags.nullable(),
  capabilities: capabilities.nullable(),
  contextTokensMax: contextTokensMax.nullable(),
  endpoints: endpoints.nullable(),
  outputTokensMax: outputTokensMax.nullable(),
  settlement: modelEntryShape.settlement.nullable(),
  price: price.nullable().optional().meta({ title: 'The price fields as an apply file has them; they replace the whole price' }),
  enabled: z.boolean().nullable().optional().meta({ title: 'null: as patterns say, and on where none does' }),
});
export type ModelChange = z.output<typeof modelChangeSchema>;

const { icon: vendorIcon, description: vendorDescription } = vendorEntryShape;
export const vendorChangeSchema = z.strictObject({ icon: vendorIcon.nullable(), description: vendorDescription.nullable() });
export type VendorChange = z.output<typeof vendorChangeSchema>;

/** The model after the change; a new one, where none is known. */
export function changedModel(name: string, known: Model | undefined, change: ModelChange, clock: Clock): Model {
  const { price: stated, ...fields } = change;
  const model: Model = { ...(known ?? { id: newId(), name, createdAt: clock.now() }) };
  if (stated === undefined) return changedFields(model, fields);
  const { price: _price, priceSource: _priceSource, ...unpriced } = model;
  const next = stated === null ? undefined : modelPriceOf(inRatios(stated));
  return changedFields(next === undefined ? unpriced : { ...unpriced, price: next, priceSource: 'manual' }, fields);
}

/** The vendor after the change; a new one, where none is known. */
export function changedVendor(name: string, known: Vendor | undefined, change: VendorChange, clock: Clock): Vendor {
  return changedFields(known ?? { id: newId(), name, createdAt: clock.now() }, change);
}

function changedFields<Thing extends object>(thing: Thing, change: Readonly<Record<string, unknown>>): Thing {
  const stated = Object.entries(change).filter(([, value]) => value !== undefined);
  const all = { ...thing, ...Object.fromEntries(stated) };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Thing;
}
