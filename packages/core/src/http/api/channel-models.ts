import { z } from 'zod';
import { nameSchema } from '../../foundation/name-schema.js';
import type { ChangeAuthor } from '../../modules/changes/index.js';
import type { BatchResult } from '../../modules/channels/index.js';
import type { Answered, ListedModels, SyncedModels } from '../../modules/upkeep/index.js';
import { channelId } from './channels.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';

export interface ChannelModelDoors {
  list(channelId: string): Promise<Answered<ListedModels>>;
  sync(channelId: string, author: ChangeAuthor): Promise<Answered<SyncedModels>>;
  change(author: ChangeAuthor, channelId: string, add: readonly string[], remove: readonly string[]): Promise<BatchResult>;
}

/** Why an upstream did not answer a question. */
export const questionFailure = z
  .object({
    code: z.string(),
    message: z.string(),
    status: z.int().optional().meta({ title: 'What the upstream answered' }),
    upstreamText: z.string().optional().meta({ title: "How the upstream's own text begins, without secrets" }),
  })
  .meta({ id: 'QuestionFailure' });

const names = z.array(z.string()).readonly();
const failure = questionFailure.optional().meta({ title: 'Absent where the upstream has answered' });
const named = z.array(nameSchema).max(10_000).default([]);

export function channelModelEndpoints(doors: ChannelModelDoors): readonly Endpoint[] {
  return [list(doors), change(doors), sync(doors)];
}

function list(doors: ChannelModelDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channels/:id/models',
    title: 'Ask the upstream of a channel which models it has, and compare them with those of the channel',
    permission: 'channel.operate',
    params: channelId,
    response: z.object({
      source: z
        .enum(['upstream', 'adapter'])
        .optional()
        .meta({ title: '`adapter`: the place lists none, and these are known to be there' }),
      models: z.array(z.object({ id: z.string(), title: z.string().optional(), contextTokensMax: z.number().optional() })),
      fresh: names.meta({ title: 'At the upstream, and not offered by the channel under any name' }),
      gone: names.meta({ title: 'Offered by the channel, and not at the upstream' }),
      failure,
    }),
    handle: async ({ params: { id } }) => {
      const listed = await doors.list(id);
      if ('failure' in listed) return { models: [], fresh: [], gone: [], failure: { ...listed.failure } };
      const { models, ...rest } = listed.answer;
      return { ...rest, models: models.map(({ price: _price, outputTokensMax: _most, ...model }) => model) };
    },
  });
}

function change(doors: ChannelModelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/models',
    title: 'Add models to a channel and take others away; those that are there, or are not, change nothing',
    permission: 'channel.write',
    params: channelId,
    body: z.strictObject({ add: named, remove: named }),
    response: z.object({ matched: z.int(), changed: z.int() }),
    handle: ({ author, params: { id }, body: { add, remove } }) => doors.change(author, id, add, remove),
  });
}

function sync(doors: ChannelModelDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/models/sync',
    title: 'Let the models of a channel follow its upstream now, as the settings `modelSync` say',
    permission: 'channel.write',
    params: channelId,
    response: z.object({ added: names, removed: names, failure }),
    handle: async ({ author, params: { id } }) => {
      const synced = await doors.sync(id, author);
      return 'failure' in synced ? { added: [], removed: [], failure: { ...synced.failure } } : synced.answer;
    },
  });
}
