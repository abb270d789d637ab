import { dollarsPerMillionOf, modelRatioOf, relativeRatio } from './dollars.js';
import { decimalSchema, type ModelPriceFields } from './model-price.js';
import type { Decimal } from './rate.js';

/** The second view of `modelRatio` and `completionRatio`, as people read it on vendors' pages. Only ratios are stored. */
export const dollarPriceShape = {
  inputPrice: decimalSchema.optional().meta({ title: 'US dollars per million input tokens, instead of modelRatio' }),
  outputPrice: decimalSchema.optional().meta({ title: 'US dollars per million output tokens, instead of completionRatio' }),
};

interface DollarFields {
  readonly inputPrice?: Decimal | undefined;
  readonly outputPrice?: Decimal | undefined;
}

/**
 * The same price in ratios alone.
 * @throws RangeError if a number is given in both views, output has a price and input none, or output costs something where input is free
 */
export function inRatios<Fields extends ModelPriceFields & DollarFields>(
  fields: Fields,
): Omit<Fields, keyof DollarFields> & ModelPriceFields {
  const { inputPrice, outputPrice, ...others } = fields;
  const { modelRatio: stated, completionRatio } = fields;
  if (inputPrice !== undefined && stated !== undefined) throw twoViews('inputPrice', 'modelRatio');
  if (outputPrice !== undefined && completionRatio !== undefined) throw twoViews('outputPrice', 'completionRatio');
  const modelRatio = inputPrice === undefined ? stated : modelRatioOf(inputPrice);
  if (outputPrice !== undefined && modelRatio === undefined)
    throw new RangeError('outputPrice says nothing without inputPrice or modelRatio.');
  if (modelRatio === '0') refuseDearerOutput(outputPrice, completionRatio);
  if (modelRatio === undefined) return others;
  if (outputPrice === undefined) return { ...others, modelRatio };
  return { ...others, modelRatio, completionRatio: relativeRatio(outputPrice, dollarsPerMillionOf(modelRatio)) };
}

/** Output is input × completion: beside free input every ratio gives free output, which nobody can have meant. */
function refuseDearerOutput(outputPrice: Decimal | undefined, completionRatio: Decimal | undefined): void {
  const costs = outputPrice !== undefined && outputPrice !== '0';
  if (costs) throw new RangeError('outputPrice cannot be above 0 where the input is free: output is priced relative to input.');
  if (completionRatio !== undefined && completionRatio !== '0' && completionRatio !== '1')
    throw new RangeError('completionRatio says nothing where the input is free: output would be free, too. Leave it out.');
}

function twoViews(dollars: string, ratio: string): RangeError {
  return new RangeError(`${dollars} and ${ratio} exclude each other: they are two views of one number.`);
}
