import { z } from 'zod';
import {
  type BatchResult,
  type ChannelBatch,
  type ChannelDesk,
  channelEntryShape,
  type ChannelFilter,
  type ChannelOrder,
  channelOrders,
  isVagueHint,
  type ChannelPosition,
  commonEntryShape,
  type StoredChannel,
} from '../../modules/channels/index.js';
import type { ChangeAuthor } from '../../modules/changes/index.js';
import type { CircuitRecord } from '../../modules/health/index.js';
import { channel, type ChannelNotes, presentChannel } from './channel-answers.js';
import { defineEndpoint, type Endpoint, InvalidParameterError } from './endpoint.js';
import { PageCursors, pageInMemory, pageOf, pageShape } from './page.js';
import { patchShapeOf } from './patch-shape.js';

export interface ChannelDoors {
  readonly desk: ChannelDesk;
  /** What is open or disabled now, of all channels. */
  circuits(): readonly CircuitRecord[];
  changeAll(author: ChangeAuthor, filter: ChannelFilter, batch: ChannelBatch): Promise<BatchResult>;
  /** Channel → what was found of it by asking its upstream, and what it has spent. */
  notesOf(channels: readonly StoredChannel[]): Promise<ReadonlyMap<string, ChannelNotes>>;
  enableModels(author: ChangeAuthor, channelId: string, models: readonly string[] | undefined): Promise<BatchResult>;
}

const text = z.string().min(1).max(255);
export const channelStates = ['enabled', 'disabled', 'failing'] as const;

/** A whole key of a channel may be a document. */
const keyHint = z.string().trim().min(1).max(10_000).meta({
  title: 'A whole key; or how one begins or ends, as hints show it. Of a longer beginning only the first four characters are compared',
});

/** What changes channels must not mean more of them than was said. */
const preciseKeyHint = keyHint.refine((text) => !isVagueHint(text), {
  error: 'Of the beginning of a key only four characters are compared: send those, its hint, or the whole key.',
});

/** How channels are filtered, in a list as elsewhere. */
export const channelFilterShape = {
  name: text.optional().meta({ title: 'A part of the name' }),
  keyHint: keyHint.optional(),
  provider: text.optional(),
  model: text.optional().meta({ title: 'A model that it offers' }),
  group: text.optional(),
  tag: text.optional(),
  state: z.enum(channelStates).optional().meta({ title: '`failing`: enabled, and it, a model or a key of it is not used now' }),
};

export const batchFilter = z.strictObject({
  ...channelFilterShape,
  keyHint: preciseKeyHint.optional(),
  ids: z.array(text).max(10_000).optional(),
});
/** A filter that was forgotten would delete all there is. */
const deletionFilter = batchFilter.refine((filter) => Object.values(filter).some((value) => value !== undefined), {
  error: 'Say which channels are meant.',
});

const batchShape = {
  ...patchShapeOf({ ...commonEntryShape, enabled: commonEntryShape.enabled.meta({ title: 'True also ends what failures have disabled' }) }),
  addModels: channelEntryShape.models.max(10_000).optional(),
  removeModels: z.array(text).max(10_000).optional(),
  addModelMapping: channelEntryShape.modelMapping.unwrap().optional().meta({ title: 'Beside the names that are mapped already' }),
  removeModelMapping: z.array(text).max(10_000).optional().meta({ title: 'Names that are no longer mapped' }),
};

export const channelId = z.strictObject({ id: text });
const version = text.optional().meta({ title: 'As it was read: refused if it has been changed since' });
const cursors = new PageCursors('channels', z.tuple([z.union([z.string(), z.int()]), z.string()]));
const tagCursors = new PageCursors('channel-tags', z.tuple([z.string()]));
const { keys: _keys, ...changeable } = channelEntryShape;
const batchResult = z.object({ matched: z.int(), changed: z.int() });

export function channelEndpoints(doors: ChannelDoors): readonly Endpoint[] {
  return [
    list(doors),
    create(doors),
    one(doors),
    change(doors),
    remove(doors),
    copy(doors),
    batch(doors),
    deleteAll(doors),
    modelBatch(doors),
    tags(doors),
  ];
}

async function presented(
  { desk, circuits, notesOf }: ChannelDoors,
  channels: readonly StoredChannel[],
): Promise<z.input<typeof channel>[]> {
  const notes = await notesOf(channels);
  const known = circuits();
  return channels.map((stored) => presentChannel(stored, desk.secretNamesOf(stored), known, notes.get(stored.id)));
}

async function presentedOne(doors: ChannelDoors, stored: StoredChannel): Promise<z.input<typeof channel>> {
  return (await presented(doors, [stored]))[0] as z.input<typeof channel>;
}

/** What the state asks for is known in memory, the rest in the database. */
export function filterOf(stated: z.output<typeof batchFilter>, circuits: readonly Pick<CircuitRecord, 'channelId'>[]): ChannelFilter {
  const { state, ids, ...filter } = stated;
  if (state === undefined) return { ...filter, ids };
  if (state !== 'failing') return { ...filter, ids, enabled: state === 'enabled' };
  const failing = [...new Set(circuits.map((record) => record.channelId))];
  return { ...filter, ids: ids === undefined ? failing : failing.filter((id) => ids.includes(id)), enabled: true };
}

function list(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channels',
    title: 'Channels, with their health, their last tests and what is left for their keys',
    permission: 'channel.read',
    query: z.strictObject({
      ...pageShape,
      ...channelFilterShape,
      sort: z.enum(channelOrders).default('name'),
      order: z.enum(['asc', 'desc']).default('asc'),
    }),
    response: pageOf(channel),
    handle: async ({ query }) => {
      const { limit, cursor: _cursor, sort, order, ...stated } = query;
      const after = cursors.positionOf(query);
      const page = { limit, order: sort, descending: order === 'desc', after: after === undefined ? after : positionOf(sort, after) };
      const found = await doors.desk.find(filterOf(stated, doors.circuits()), page);
      const { items, next } = cursors.page(query, found, ({ position: [place, id] }) => [place, id]);
      return {
        items: await presented(
          doors,
          items.map((item) => item.channel),
        ),
        next,
      };
    },
  });
}

/** Those that the database keeps as small integers. */
const smallOrders: ReadonlySet<ChannelOrder> = new Set(['priority', 'weight']);

/** A forged cursor must not compare a text with a number, which PostgreSQL refuses. */
function positionOf(sort: ChannelOrder, [value, id]: ChannelPosition): ChannelPosition {
  if (sort === 'name') return [String(value), id];
  const number = typeof value === 'number' ? value : 0;
  return [smallOrders.has(sort) ? Math.max(-2_147_483_648, Math.min(number, 2_147_483_647)) : number, id];
}

function create(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels',
    title: 'A new channel, or one for each of its keys, all or none',
    permission: 'channel.write',
    body: z.strictObject({
      ...channelEntryShape,
      keys: z
        .union([channelEntryShape.keys, z.string().max(1_000_000)])
        .default([])
        .meta({ title: 'As in an apply file, or one in each line', secret: true }),
      channelPerKey: z.boolean().default(false).meta({ title: 'A channel for each key, `name 1`, `name 2` and so on' }),
    }),
    response: z.object({ channels: z.array(channel) }),
    status: 201,
    handle: async ({ author, body: { channelPerKey, ...entry } }) => {
      const keys = listedKeys(entry.keys);
      if (channelPerKey && keys.length === 0) throw new InvalidParameterError('keys', 'List the keys that shall have a channel each.');
      const entries = channelPerKey
        ? keys.map((key, index) => ({ ...entry, name: `${entry.name} ${index + 1}`, keys: [key] }))
        : [{ ...entry, keys }];
      return { channels: await presented(doors, await doors.desk.create(author, entries)) };
    },
  });
}

const keysMax = 10_000;

/** A text has one key in each line; none counts twice. @throws InvalidParameterError if there are too many for one request */
export function listedKeys<Key>(keys: string | readonly Key[]): readonly (string | Key)[] {
  const lines = typeof keys === 'string' ? keys.split(/\r?\n/).map((line) => line.trim()) : [];
  const listed = typeof keys === 'string' ? [...new Set(lines)].filter((line) => line !== '') : keys;
  if (listed.length > keysMax) throw new InvalidParameterError('keys', `Send at most ${keysMax} at once.`);
  return listed;
}

function one(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channels/:id',
    title: 'A channel, with its health, its last test and what is left for its keys',
    permission: 'channel.read',
    params: channelId,
    response: channel,
    handle: async ({ params: { id } }) => presentedOne(doors, await doors.desk.one(id)),
  });
}

function change(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'PATCH',
    path: '/api/channels/:id',
    title: 'Change fields of a channel; null takes one back to its default, and secrets that are not named stay',
    permission: 'channel.write',
    params: channelId,
    body: z.strictObject({ version, ...patchShapeOf(changeable) }),
    response: channel,
    handle: async ({ author, params: { id }, body: { version: read, ...patch } }) => {
      await doors.desk.change(author, id, read, patch);
      return presentedOne(doors, await doors.desk.one(id));
    },
  });
}

function remove(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'DELETE',
    path: '/api/channels/:id',
    title: 'Delete a channel; receipts go on naming it by its id',
    permission: 'channel.write',
    params: channelId,
    query: z.strictObject({ version }),
    response: z.object({ deleted: z.string() }),
    handle: async ({ author, params: { id }, query }) => {
      await doors.desk.delete(author, id, query.version);
      return { deleted: id };
    },
  });
}

function copy(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/copy',
    title: 'A copy of a channel with all its keys, disabled at first',
    permission: 'channel.write',
    params: channelId,
    body: z.strictObject({ name: channelEntryShape.name.optional().meta({ title: 'Left out: its name and `copy`' }) }),
    response: channel,
    status: 201,
    handle: async ({ author, params: { id }, body }) => presentedOne(doors, await doors.desk.copy(author, id, body.name)),
  });
}

function batch(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channel-batch',
    title:
      'Change all channels that a filter means, or none; fields are stated as in a change of one, and null takes one back to its default',
    permission: 'channel.write',
    body: z.strictObject({ filter: batchFilter, change: z.strictObject(batchShape) }),
    response: batchResult,
    handle: ({ author, body: { filter, change } }) => {
      const { addModels, removeModels, addModelMapping, removeModelMapping, ...fields } = change;
      const models = { addModels, removeModels, addModelMapping, removeModelMapping };
      return doors.changeAll(author, filterOf(filter, doors.circuits()), { fields, ...models });
    },
  });
}

function deleteAll(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channel-batch/delete',
    title: 'Delete all channels that a filter means, or none',
    permission: 'channel.write',
    body: z.strictObject({ filter: deletionFilter }),
    response: batchResult,
    handle: ({ author, body }) => doors.changeAll(author, filterOf(body.filter, doors.circuits()), { delete: true }),
  });
}

function modelBatch(doors: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/model-batch',
    title: 'Let models of a channel be used again that failures have taken out there',
    permission: 'channel.write',
    params: channelId,
    body: z.strictObject({
      models: z.array(text).max(10_000).optional().meta({ title: 'Left out: all that are not used now' }),
      action: z.literal('enable'),
    }),
    response: batchResult,
    handle: ({ author, params: { id }, body }) => doors.enableModels(author, id, body.models),
  });
}

function tags({ desk }: ChannelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channel-tags',
    title: 'The tags that channels have, by name; a filter by tag changes them together',
    permission: 'channel.read',
    query: z.strictObject(pageShape),
    response: pageOf(z.object({ tag: z.string(), channels: z.int(), enabled: z.int() })),
    handle: async ({ query }) => pageInMemory(tagCursors, query, await desk.tags(), ({ tag }) => [tag]),
  });
}
