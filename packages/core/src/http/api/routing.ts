import { BadRequestError } from '@tollgate/plugin-kit';
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
  simulate(call: HypotheticalCall): Promise<SimulatedRouting>;
}

const mark = z.string().min(1).max(1_000).optional();

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
  full: z.enum(['limit-reached', 'spend-cap-reached']).optional().meta({ title: 'Why it has no room for another call' }),
  fullUntil: z.iso.datetime().optional(),
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
      promptCacheKey: mark.meta({ title: 'The conversation that it would belong to, as the key of its cache says it' }),
      session: mark.meta({ title: 'The same as a header of the setting `routing.sessionHeaders` says it' }),
      endUser: mark.meta({ title: 'The same as the field says it in which its dialect has whom the caller calls for' }),
      request: z.record(z.string(), z.json()).optional().meta({
        title:
          'The request itself, in the words of its dialect: read as that of a call is, for its conversation by all that may tell it, and for what it names that lives at an upstream',
      }),
      tokens: z.int().min(1).max(1_000_000_000).default(1).meta({ title: 'What limits of tokens would count for it' }),
    }),
    response: z.object({
      groups: z.array(z.string()).readonly(),
      enabled: z.boolean().meta({ title: 'false: a call is refused as `model_not_found`, whoever offers the model' }),
      refused: z
        .object({ code: z.string(), message: z.string(), status: z.int() })
        .optional()
        .meta({ title: 'What its caller would be told at once; absent where channels are tried' }),
      candidates: z.array(candidate),
      routing,
    }),
    handle: async ({ body: { model, group, userGroup, dialect: id, user, tokens, ...stated } }) => {
      const dialect = id === undefined ? doors.dialects[0] : doors.dialects.find((served) => served.id === id);
      if (dialect === undefined) throw new InvalidParameterError('dialect', `There are: ${ids.join(', ')}.`);
      const groups = doors.groupsFor(group, userGroup ?? (group === 'auto' ? 'default' : group));
      const call = { ...requestOf(stated, model, dialect), dialect, group, groups, userId: user, tokens };
      const { candidates, trace, refused, enabled } = await doors.simulate(call);
      const names = new Map(candidates.map(({ channel }) => [channel.id, channel.name]));
      return {
        groups,
        enabled,
        ...(refused === undefined ? {} : { refused: { code: refused.code, message: refused.message, status: refused.status } }),
        candidates: candidates.map(presentCandidate),
        routing: presentTrace(trace, names),
      };
    },
  });
}

interface StatedRequest {
  readonly request?: Readonly<Record<string, z.core.util.JSONType>> | undefined;
  readonly promptCacheKey?: string | undefined;
  readonly session?: string | undefined;
  readonly endUser?: string | undefined;
}

/** Read by the dialect, as that of a call; what is stated beside it goes before. @throws InvalidParameterError */
function requestOf(
  { request, promptCacheKey, session, endUser }: StatedRequest,
  model: string,
  { client }: ServedDialect,
): Pick<HypotheticalCall, 'facts' | 'session' | 'body' | 'json'> {
  const json = request === undefined || client.modelKey === undefined ? (request ?? {}) : { ...request, [client.modelKey]: model };
  return {
    facts: {
      ...(request === undefined ? { stream: false } : inspected(json, model, client)),
      model,
      ...(promptCacheKey === undefined ? {} : { promptCacheKey }),
      ...(endUser === undefined ? {} : { endUser }),
    },
    session,
    json,
    body: Buffer.from(request === undefined ? '' : JSON.stringify(json)),
  };
}

function inspected(json: StatedRequest['request'] & object, model: string, client: ServedDialect['client']): HypotheticalCall['facts'] {
  try {
    return client.inspect(json, {
      route: client.routes[0] as (typeof client.routes)[number],
      pathModel: model,
      query: new URLSearchParams(),
    });
  } catch (error) {
    if (!BadRequestError.isInstance(error)) throw error;
    throw new InvalidParameterError('request', error.message);
  }
}

function presentCandidate({ channel, blocked, full, lane, firstByteMs, ...standing }: SimulatedCandidate): z.input<typeof candidate> {
  const { id, name, priority, weight, options } = channel;
  return {
    ...standing,
    channelId: id,
    channel: name,
    priority,
    weight,
    costRatio: options.costRatio,
    usable: lane !== undefined && blocked === undefined && full === undefined && standing.keysBlocked < standing.keys,
    ...(lane === undefined ? {} : { lane }),
    ...(blocked === undefined ? {} : { blocked: blocked.reason }),
    ...(blocked?.until === undefined ? {} : { blockedUntil: new Date(blocked.until).toISOString() }),
    ...(full === undefined ? {} : { full: full.reason, fullUntil: new Date(full.until).toISOString() }),
    ...(firstByteMs === undefined ? {} : { firstByteMs: Math.round(firstByteMs) }),
  };
}
