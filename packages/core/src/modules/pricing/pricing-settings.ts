import { z } from 'zod';
import { defineSettings } from '../settings/index.js';
import { decimalOf } from './decimal.js';

const decimalText = (fallback: string) => z.string().refine(isDecimal, 'Use a decimal number of zero or more, as text.').default(fallback);

export const pricingSettings = defineSettings('pricing', {
  mode: z
    .enum(['commercial', 'self-use'])
    .default('commercial')
    .meta({ title: 'Models without a price: refused (commercial) or charged at the default ratio (self-use)' }),
  defaultModelRatio: decimalText('37.5').meta({ title: 'Model ratio of models without a price in self-use mode' }),
  defaultGroupRatio: decimalText('1').meta({ title: 'Ratio of groups that state none' }),
});

function isDecimal(text: string): boolean {
  try {
    decimalOf(text);
    return true;
  } catch {
    return false;
  }
}
