import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import type { HypotheticalCall, SimulatedCandidate, SimulatedRouting } from '../../relay/routing-simulator.js';
import type { ServedDialect } from '../../relay/relay-call.js';
import { defineEndpoint, type Endpoint, InvalidParameterError } from './endpoint.js';
import { presentTrace, routing } from './routing-answers.js';
import { routingStrategies } from '../../modules/routing/index.js';

export interface RoutingDoors {
  /** The groups that a caller of the user group goes through when it chooses this one. @throws GroupNotAllowedError */
  groupsFor(group: string, userGroup: string): readonly string[];
  readonly dialects: readonly ServedDialect[];
  /** Whether the catalogue lets the model be served. */
  isEnabled(model: string): boolean;
  simulate(call: HypotheticalCall): SimulatedRouting;
}

const candidate = z.object({
  channelId: z.string(),
  channel: z.string(),
  group: z.string(),
  strategy: z.enum(routingStrategies),
  priority: z.int(),
  weight: z.number(),
  costRatio: z.string(),
  lane: z
    .enum(['pass', 'edit', 'translate'])
    .optional()
    .meta({ title: 'How its language is reached; absent where it has none for such a call' }),
  usable: z.boolean(),
  blocked: z.enum(['cooling-down', 'probing', 'disabled']).optional(),
  blockedUntil: z.iso.datetime().optional(),
  keys: z.int(),
  keysBlocked: z.int().meta({ title: 'Keys that may not be used now' }),
  health: z.number().meta({ title: 'What recent failures leave of its weight, from above 0 to 1' }),
  calls: z.int().meta({ title: 'At once, on the node that answers' }),
  firstByteMs: z.int().optional().meta({ title: 'Until its answers to this model begin, on the node that answers' }),
});

/** Where a call would go, without sending it. */
export function routingEndpoint(doors: RoutingDoors): Endpoint {
  const ids = doors.dialects.map(({ id }) => id);
  return defineEndpoint({
    method: 'POST',
    path: '/api/routing/simulate',
    title: 'Where a call would go now, and where if each attempt failed; nothing is sent, and plugins are not asked',
    permission: 'channel.read',
    body: z.strictObject({
      model: nameSchema,
      group: nameSchema.default('default').meta({ title: 'What its token would say; `auto` for the automatic order' }),
      userGroup: nameSchema.optional().meta({ title: 'The group of its user; left out: the same group' }),
      dialect: z.string().optional().meta({ title: 'The language that its caller would speak; left out: any, the first that is served' }),
      user: z.string().max(200).default('').meta({ title: 'Id of its user, which conversations are told apart by' }),
      promptCacheKey: z.string().min(1).max(1_000).optional().meta({ title: 'The conversation that it would belong to' }),
    }),
    response: z.object({
      enabled: z.boolean().meta({ title: 'false: a call is refused as `model_not_found`, whoever offers the model' }),
      groups: z.array(z.string()).readonly(),
      candidates: z.array(candidate),
      routing,
    }),
    handle: async ({ body: { model, group, userGroup, dialect: id, user, promptCacheKey } }) => {
      const dialect = id === undefined ? doors.dialects[0] : doors.dialects.find((served) => served.id === id);
      if (dialect === undefined) throw new InvalidParameterError('dialect', `There are: ${ids.join(', ')}.`);
      const groups = doors.groupsFor(group, userGroup ?? (group === 'auto' ? 'default' : group));
      const { candidates, trace } = doors.simulate({ model, groups, dialect, userId: user, promptCacheKey });
      const names = new Map(candidates.map(({ channel }) => [channel.id, channel.name]));
      return { enabled: doors.isEnabled(model), groups, candidates: candidates.map(presentCandidate), routing: presentTrace(trace, names) };
    },
  });
}

function presentCandidate({ channel, blocked, lane, firstByteMs, ...standing }: SimulatedCandidate): z.input<typeof candidate> {
  const { id, name, priority, weight, options } = channel;
  return {
    ...standing,
    channelId: id,
    channel: name,
    priority,
    weight,
    costRatio: options.costRatio,
    usable: lane !== undefined && blocked === undefined && standing.keysBlocked < standing.keys,
    ...(lane === undefined ? {} : { lane }),
    ...(blocked === undefined ? {} : { blocked: blocked.reason }),
    ...(blocked?.until === undefined ? {} : { blockedUntil: new Date(blocked.until).toISOString() }),
    ...(firstByteMs === undefined ? {} : { firstByteMs: Math.round(firstByteMs) }),
  };
}
