import { z } from 'zod';
import { defineSettings, type SettingsValues } from '../settings/index.js';
import { routingStrategies, type RoutingStrategy } from './routing-trace.js';

const strategy = z.enum(routingStrategies);

/** How one of several channels of the same priority is chosen. */
export const routingSettings = defineSettings('routing', {
  strategy: strategy.default('weighted').meta({
    title:
      'Which channel of a priority is next: by weight, the quickest to begin its answers, the one with the fewest calls, or the cheapest',
  }),
  strategyOfGroups: z.record(z.string(), strategy).default({}).meta({ title: 'Group → strategy, where it is another' }),
  strategyOfModels: z.record(z.string(), strategy).default({}).meta({ title: 'Model → strategy, before that of its group' }),
});

/** The strategy in force for a call. */
export function strategyFor(settings: SettingsValues<typeof routingSettings>, model: string, group: string): RoutingStrategy {
  const { strategy: usual, strategyOfGroups, strategyOfModels } = settings;
  if (Object.hasOwn(strategyOfModels, model)) return strategyOfModels[model] ?? usual;
  return Object.hasOwn(strategyOfGroups, group) ? (strategyOfGroups[group] ?? usual) : usual;
}
