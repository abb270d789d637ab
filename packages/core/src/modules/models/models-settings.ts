import { z } from 'zod';
import { defineSettings } from '../settings/index.js';

/** How models are shown to people. */
export const modelsSettings = defineSettings('models', {
  showDescriptions: z.boolean().default(true).meta({ title: 'Lists of models show descriptions' }),
  showIcons: z.boolean().default(true).meta({ title: "Lists of models show the icons of the models' vendors" }),
  groupBy: z.enum(['vendor', 'type']).default('vendor').meta({ title: 'Models are shown together by vendor or by type' }),
});
