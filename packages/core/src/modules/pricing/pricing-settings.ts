import { z } from 'zod';
import { defineSettings } from '../settings/index.js';
import { decimalSchema, imagePricesSchema } from './model-price.js';
import { isFeeKey } from './tool-fees.js';

export const pricingSettings = defineSettings('pricing', {
  mode: z
    .enum(['commercial', 'self-use'])
    .default('commercial')
    .meta({ title: 'Models without a price: refused (commercial) or charged at the default ratio (self-use)' }),
  defaultModelRatio: decimalSchema.default('37.5').meta({ title: 'Model ratio of models without a price in self-use mode' }),
  defaultGroupRatio: decimalSchema.default('1').meta({ title: 'Ratio of groups that state none' }),
  toolFees: z
    .record(
      z.string().refine(isFeeKey, 'Use a tool, such as webSearch, or webSearch:gpt-4o* for models whose names begin so.'),
      decimalSchema,
    )
    .default({ webSearch: '10', 'webSearch:gpt-4o*': '25', 'webSearch:gpt-4.1*': '25', fileSearch: '2.5', codeInterpreter: '30' })
    .meta({
      title: "US dollars for a thousand uses of a vendor's own tools, where neither the price of a model nor its vendor's list says more",
    }),
  toolImages: imagePricesSchema
    .default([
      { quality: 'low', price: '0.016' },
      { quality: 'low', size: '1024x1024', price: '0.011' },
      { quality: 'medium', price: '0.063' },
      { quality: 'medium', size: '1024x1024', price: '0.042' },
      { quality: 'high', price: '0.25' },
      { quality: 'high', size: '1024x1024', price: '0.167' },
    ])
    .meta({ title: 'US dollars for an image that a tool makes beside an answer, by size and quality' }),
});
