import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import type { ChangeAuthor } from '../../modules/changes/index.js';
import type { GroupAssignment } from '../../modules/channels/index.js';
import {
  everyone,
  groupChangeShape,
  type GroupDesk,
  groupNameSchema,
  GroupNotFoundError,
  type GroupSheet,
} from '../../modules/groups/index.js';
import { groupLimitsSchema } from '../../modules/limits/index.js';
import { routingStrategies } from '../../modules/routing/index.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

/** A group as a caller may choose it. */
export interface ChoosableGroup {
  readonly name: string;
  readonly description?: string;
  /** What calls in it cost this caller, relative to the price list. */
  readonly ratio: string;
  readonly isOwn: boolean;
}

export interface GroupDoors {
  readonly desk: GroupDesk;
  sheets(): Promise<readonly GroupSheet[]>;
  assign(author: ChangeAuthor, group: string, assignment: GroupAssignment): Promise<void>;
  choosable(userId: string): Promise<{ readonly items: readonly ChoosableGroup[]; readonly autoOrder: readonly string[] }>;
}

const params = z.strictObject({ name: z.string().min(1).max(255) });
const names = z.array(z.string()).readonly();

const group = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    ratio: z.string().optional(),
    ratiosByUserGroup: z.record(z.string(), z.string()).readonly().optional(),
    usableBy: z.union([z.literal(everyone), names]),
    limits: z.unknown().optional().meta({ title: 'The entry of the group in `limits.groups` of the settings' }),
    strategy: z.unknown().optional().meta({ title: 'The entry of the group in `routing.strategyOfGroups` of the settings' }),
    users: z.int(),
    tokens: z.int(),
    channels: names,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Group' });

const change = z.strictObject({
  ...groupChangeShape,
  limits: groupLimitsSchema.nullable().optional().meta({
    title:
      'Requests of each of its users: `[per minute, per hour]`, 0 = no limit, or an object that names the limits; kept in `limits.groups` of the settings',
  }),
  strategy: z.enum(routingStrategies).nullable().optional().meta({ title: 'Kept in `routing.strategyOfGroups` of the settings' }),
});

const assignment = z.strictObject({
  add: z.array(nameSchema).max(10_000).default([]).meta({ title: 'Names of channels' }),
  remove: z.array(nameSchema).max(10_000).default([]).meta({ title: 'Names of channels; each must be in another group, too' }),
});

export function groupEndpoints(doors: GroupDoors): readonly Endpoint[] {
  return [choosable(doors), list(doors), one(doors), create(doors), patch(doors), remove(doors), assign(doors)];
}

function choosable({ choosable: read }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/account/groups',
    title: 'The groups that the caller may choose for a token, and what calls in them cost',
    permission: 'account.read',
    response: z.object({
      items: z.array(z.object({ name: z.string(), description: z.string().optional(), ratio: z.string(), isOwn: z.boolean() })).readonly(),
      autoOrder: names.meta({ title: 'What a token of the group `auto` goes through' }),
    }),
    handle: ({ caller }) => read(caller.userId),
  });
}

function list({ sheets }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/groups',
    title: 'Every group, by name, with who and what is in it',
    permission: 'pricing.read',
    response: z.object({ items: z.array(group).readonly() }),
    handle: async () => ({ items: (await sheets()).map(presentGroup) }),
  });
}

function one({ sheets }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/groups/:name',
    title: 'One group',
    permission: 'pricing.read',
    params,
    response: group,
    handle: async ({ params: { name } }) => sheetOf(await sheets(), name),
  });
}

function create({ desk, sheets }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/groups',
    title: 'A new group',
    permission: 'pricing.write',
    body: change.extend({ name: groupNameSchema }),
    response: group,
    status: 201,
    handle: async ({ author, body: { name, limits, strategy, ...fields } }) => {
      await desk.create(author, name, fields, { limits, strategy });
      return sheetOf(await sheets(), name);
    },
  });
}

function patch({ desk, sheets }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'PATCH',
    path: '/api/groups/:name',
    title: 'Change the fields that are named; null takes one away',
    permission: 'pricing.write',
    params,
    body: change,
    response: group,
    handle: async ({ author, params: { name }, body: { limits, strategy, ...fields } }) => {
      await desk.change(author, name, fields, { limits, strategy });
      return sheetOf(await sheets(), name);
    },
  });
}

function remove({ desk }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'DELETE',
    path: '/api/groups/:name',
    title: 'Remove a group that nothing uses',
    permission: 'pricing.write',
    params,
    response: z.object({ name: z.string() }),
    handle: async ({ author, params: { name } }) => {
      await desk.remove(author, name);
      return { name };
    },
  });
}

function assign({ assign: move, sheets }: GroupDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/groups/:name/channels',
    title: 'Let channels join and leave a group, all or none',
    permission: 'channel.write',
    params,
    body: assignment,
    response: group,
    handle: async ({ author, params: { name }, body }) => {
      await move(author, name, body);
      return sheetOf(await sheets(), name);
    },
  });
}

/** @throws GroupNotFoundError */
function sheetOf(sheets: readonly GroupSheet[], name: string): z.input<typeof group> {
  const sheet = sheets.find((each) => each.group.name === name);
  if (sheet === undefined) throw new GroupNotFoundError(name);
  return presentGroup(sheet);
}

function presentGroup({ group: { id: _id, createdAt, ...fields }, settings, members }: GroupSheet): z.input<typeof group> {
  const { users, tokens, channels } = members;
  return {
    ...fields,
    ...settings,
    users: users.length,
    tokens: tokens.length,
    channels,
    createdAt: new Date(createdAt).toISOString(),
  };
}
