import { z } from 'zod';
import type { Clock } from '../../foundation/clock.js';
import { newId } from '../../foundation/ids.js';
import { nameSchema } from '../../foundation/name-schema.js';
import { dollarPriceShape, inRatios, type ModelPrice, modelPriceOf, modelPriceShape } from '../pricing/index.js';
import { endingKeys, settlementPolicies } from '../settlement/index.js';
import { type Model, modelTypes } from './model.js';
import { modelNamePattern } from './model-match.js';
import type { Vendor } from './vendor.js';

const text = (title: string) => z.string().min(1).max(2_000).optional().meta({ title });
const labels = (title: string) => z.array(nameSchema).max(100).optional().meta({ title });

/** What a model may be called. */
export const modelNameSchema = nameSchema.regex(modelNamePattern, 'A * may stand at the beginning and at the end of a name only.').meta({
  title: 'A name, or a pattern for many: `gpt-4o*`, `*-mini`, `*gpt*`',
});

/** What is said of a model beside its price. */
export const modelFactShape = {
  vendor: nameSchema.optional().meta({ title: 'A vendor, of this file or of the database' }),
  type: z.enum(modelTypes).optional(),
  icon: text('Name of an icon, or its address'),
  description: text('What people read who choose a model'),
  tags: labels('Words to find it by'),
  capabilities: labels('What it can do, such as tools, vision or reasoning'),
  contextTokensMax: z.int().positive().max(2_147_483_647).optional().meta({ title: 'The most tokens of input and output together' }),
  endpoints: labels('Ids of the dialects by which it can be asked'),
  outputTokensMax: z.int().positive().max(2_147_483_647).optional().meta({ title: 'The most output tokens that the model can produce' }),
};

/** A model as somebody states it: apply file and management API are checked by it. */
export const modelEntryShape = {
  ...modelPriceShape,
  ...dollarPriceShape,
  ...modelFactShape,
  settlement: z
    .partialRecord(z.enum(endingKeys), z.enum(settlementPolicies))
    .optional()
    .meta({ title: 'What is charged when a call ends in this way, where it differs from the settings' }),
  enabled: z
    .boolean()
    .optional()
    .meta({ title: 'One that is switched off is neither listed nor served; left out: as patterns say, and on where none does' }),
};

const entrySchema = z.strictObject(modelEntryShape);
export type ModelEntry = z.output<typeof entrySchema>;

/** Why the price fields of an entry contradict each other; undefined if they do not. */
export function priceProblem(entry: Parameters<typeof inRatios>[0]): string | undefined {
  try {
    modelPriceOf(inRatios(entry));
    return undefined;
  } catch (error) {
    return (error as RangeError).message;
  }
}

/** The model that the entry states, in the place of the one that is known by this name. @throws RangeError for a {@link priceProblem} */
export function modelOf(name: string, entry: ModelEntry, known: Model | undefined, clock: Clock): Model {
  const { enabled, settlement, ...fields } = entry;
  const facts = Object.keys(modelFactShape).flatMap((field) => {
    const value = fields[field as keyof typeof modelFactShape];
    return value === undefined ? [] : [[field, value] as const];
  });
  return {
    id: known?.id ?? newId(),
    name,
    createdAt: known?.createdAt ?? clock.now(),
    ...pricedAs(modelPriceOf(inRatios(fields)), known),
    ...(Object.fromEntries(facts) as Partial<Model>),
    ...(settlement === undefined ? {} : { settlement }),
    ...(enabled === undefined ? {} : { enabled }),
  };
}

/** An entry that says nothing of the price leaves one that nobody set by hand. */
function pricedAs(price: ModelPrice | undefined, known: Model | undefined): Pick<Model, 'price' | 'priceSource'> {
  if (price !== undefined) return { price, priceSource: 'manual' };
  if (known?.price === undefined || known.priceSource === undefined || known.priceSource === 'manual') return {};
  return { price: known.price, priceSource: known.priceSource };
}

/** A vendor as somebody states it. */
export const vendorEntryShape = {
  icon: text('Name of an icon, or its address'),
  description: text('What people read of it'),
};

export const vendorEntrySchema = z.strictObject(vendorEntryShape);

/** The vendor that the entry states, in the place of the one that is known by this name. */
export function vendorOf(name: string, entry: z.output<typeof vendorEntrySchema>, known: Vendor | undefined, clock: Clock): Vendor {
  const { icon, description } = entry;
  return {
    id: known?.id ?? newId(),
    name,
    createdAt: known?.createdAt ?? clock.now(),
    ...(icon === undefined ? {} : { icon }),
    ...(description === undefined ? {} : { description }),
  };
}
