import { z } from 'zod';
import { defineSettings, type SettingsValues } from '../settings/index.js';
import { conversationMarks } from './conversation.js';
import { routingStrategies, type RoutingStrategy } from './routing-trace.js';

const strategy = z.enum(routingStrategies);
const hedgeAfterMs = z.int().min(0).max(600_000);

/** How one of several channels of the same priority is chosen. */
export const routingSettings = defineSettings('routing', {
  strategy: strategy.default('weighted').meta({
    title:
      'Which channel of a priority is next: by weight, the quickest to begin its answers, the one with the fewest calls, or the cheapest',
  }),
  strategyOfGroups: z.record(z.string(), strategy).default({}).meta({ title: 'Group → strategy, where it is another' }),
  strategyOfModels: z.record(z.string(), strategy).default({}).meta({ title: 'Model → strategy, before that of its group' }),
  hedgeAfterMs: hedgeAfterMs.default(0).meta({
    title: 'A call that has got nothing for so long is also sent to a second channel, and answered by the quicker one; 0: none is',
    unit: 'ms',
  }),
  hedgeAfterMsOfGroups: z.record(z.string(), hedgeAfterMs).default({}).meta({ title: 'Group → the same, where it is another' }),
  hedgeAfterMsOfModels: z.record(z.string(), hedgeAfterMs).default({}).meta({ title: 'Model → the same, before that of its group' }),
  hedgedPercentMax: z
    .int()
    .min(0)
    .max(100)
    .default(5)
    .meta({ title: 'How many of a hundred calls are sent twice at most, on each node, for each of these times' }),
  hedgedCostMax: z
    .int()
    .min(0)
    .max(1_000_000_000)
    .default(0)
    .meta({ title: 'Calls for which more is held are not sent twice; 0: no such limit', unit: 'points' }),
  conversations: z
    .boolean()
    .default(true)
    .meta({ title: 'Calls of one conversation go where the last one was answered, which may have it in its cache' }),
  conversationsBy: z
    .array(z.enum(conversationMarks))
    .default([...conversationMarks])
    .meta({ title: 'What tells a conversation: the first of these that a call has' }),
  sessionHeaders: z
    .array(z.string().trim().toLowerCase().min(1).max(100))
    .max(20)
    .default(['x-session-id', 'session-id', 'session_id'])
    .meta({ title: 'Headers in which clients name their session' }),
  conversationPromptBytesMin: z
    .int()
    .min(0)
    .default(4_096)
    .meta({ title: 'Shorter requests are not told apart by their prompt: vendors cache from about 1,024 tokens on', unit: 'bytes' }),
  conversationMinutes: z
    .int()
    .min(1)
    .max(10_080)
    .default(60)
    .meta({ title: 'A conversation is remembered after its last call for', unit: 'minutes' }),
  conversationLoadMax: z
    .number()
    .min(1)
    .max(1_000)
    .default(1.25)
    .meta({ title: 'A channel that has so many times the calls that its weight gives it takes conversations no more' }),
});

/** The strategy in force for a call. */
export function strategyFor(settings: SettingsValues<typeof routingSettings>, model: string, group: string): RoutingStrategy {
  const { strategy: usual, strategyOfGroups, strategyOfModels } = settings;
  if (Object.hasOwn(strategyOfModels, model)) return strategyOfModels[model] ?? usual;
  return Object.hasOwn(strategyOfGroups, group) ? (strategyOfGroups[group] ?? usual) : usual;
}
