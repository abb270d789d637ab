import { z } from 'zod';
import { PermissionDeniedError } from '../../modules/access/index.js';
import type { ChannelFilter } from '../../modules/channels/index.js';
import type { CircuitRecord } from '../../modules/health/index.js';
import {
  type ChannelRun,
  type ChannelRunItem,
  type ChannelRunKind,
  channelRunKinds,
  type RunFinding,
  type RunItemPage,
  type RunWish,
} from '../../modules/upkeep/index.js';
import { channelBalance, presentBalance } from './balance-answers.js';
import { testReport } from './channel-tests.js';
import { batchFilter, channelId as runId, filterOf } from './channels.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { PageCursors, pageOf, pageShape } from './page.js';

export interface ChannelRunDoors {
  /** What is open or disabled now, of all channels. */
  circuits(): readonly CircuitRecord[];
  start(kind: ChannelRunKind, filter: ChannelFilter, wish: RunWish, userId: string): Promise<ChannelRun>;
  all(): Promise<readonly ChannelRun[]>;
  one(id: string): Promise<ChannelRun>;
  items(id: string, page: RunItemPage): Promise<readonly ChannelRunItem[]>;
  cancel(id: string): Promise<ChannelRun>;
}

const run = z
  .object({
    id: z.string(),
    kind: z.enum(channelRunKinds),
    state: z.enum(['queued', 'running', 'done', 'cancelled']),
    userId: z.string().meta({ title: 'Who began it' }),
    model: z.string().optional(),
    stream: z.boolean().optional(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional(),
    total: z.int().meta({ title: 'Channels that it means' }),
    done: z.int().meta({ title: 'Those of them that were asked' }),
    failed: z.int().meta({ title: 'Those of them that failed, or could not be asked' }),
    leftOut: z
      .int()
      .meta({ title: 'Channels of the filter whose places do not say it, and of models those whose option `syncModels` is false' }),
  })
  .meta({ id: 'ChannelRun' });

const item = z
  .object({
    channelId: z.string(),
    name: z.string().meta({ title: 'As it was when the run began' }),
    at: z.iso.datetime().optional().meta({ title: 'Absent as long as it was not asked' }),
    ok: z.boolean().optional(),
    tests: z.array(testReport).optional().meta({ title: 'Each call that was made, without how its answer begins' }),
    balance: channelBalance.optional(),
    notAsked: z.int().optional().meta({ title: 'Of balances: how many keys are left for another run' }),
    models: z
      .object({
        added: z.array(z.string()).readonly().meta({ title: 'The first 200' }),
        addedCount: z.int(),
        removed: z.array(z.string()).readonly().meta({ title: 'The first 200' }),
        removedCount: z.int(),
      })
      .optional()
      .meta({ title: 'What became of its models' }),
    problem: z.object({ code: z.string(), message: z.string() }).optional().meta({ title: 'Why it could not be asked' }),
  })
  .meta({ id: 'ChannelRunItem' });

const cursors = new PageCursors('channel-run-items', z.tuple([z.int()]));

/** Many channels at once, in the background. */
export function channelRunEndpoints(doors: ChannelRunDoors): readonly Endpoint[] {
  return [start(doors), list(doors), one(doors), items(doors), cancel(doors)];
}

function start(doors: ChannelRunDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channel-runs',
    title:
      'Test all channels that a filter means, ask what is left for their keys, or let their models follow their upstreams, in the background; one run of a kind at a time. Models need the permission `channel.write`',
    permission: 'channel.operate',
    body: z
      .strictObject({
        kind: z.enum(channelRunKinds),
        filter: batchFilter.default({}).meta({ title: 'Left out: all channels' }),
        model: z
          .string()
          .min(1)
          .max(255)
          .optional()
          .meta({ title: 'Of tests; left out, with `stream`: what each channel is tested with by itself' }),
        stream: z.boolean().optional().meta({ title: 'Of tests' }),
      })
      .refine(({ kind, model, stream }) => kind === 'test' || (model === undefined && stream === undefined), {
        error: 'Only tests take a model and stream.',
      }),
    response: run,
    status: 202,
    handle: async ({ caller, author, body: { kind, filter, model, stream } }) => {
      const changes = kind === 'models';
      if (changes && !caller.permissions.has('channel.write')) throw new PermissionDeniedError('channel.write');
      const wish = changes ? { author } : { model, stream };
      return presentRun(await doors.start(kind, filterOf(filter, doors.circuits()), wish, caller.userId));
    },
  });
}

function list({ all }: ChannelRunDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channel-runs',
    title: 'The newest runs of each kind, newest first',
    permission: 'channel.read',
    response: z.object({ items: z.array(run) }),
    handle: async () => ({ items: (await all()).map(presentRun) }),
  });
}

function one(doors: ChannelRunDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channel-runs/:id',
    title: 'How far a run is',
    permission: 'channel.read',
    params: runId,
    response: run,
    handle: async ({ params: { id } }) => presentRun(await doors.one(id)),
  });
}

function items(doors: ChannelRunDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channel-runs/:id/channels',
    title: 'The channels of a run by name, with what was found of each',
    permission: 'channel.read',
    params: runId,
    query: z.strictObject({ ...pageShape, outcome: z.enum(['waiting', 'ok', 'failed']).optional() }),
    response: pageOf(item),
    handle: async ({ params: { id }, query }) => {
      const [after] = cursors.positionOf(query) ?? [];
      const found = await doors.items(id, { limit: query.limit, outcome: query.outcome, after });
      const { items: shown, next } = cursors.page(query, found, ({ position }) => [position]);
      return { items: shown.map(presentItem), next };
    },
  });
}

function cancel(doors: ChannelRunDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channel-runs/:id/cancel',
    title: 'End a run: what it is asking is broken off, and channels that wait are left alone; one that is over stays as it is',
    permission: 'channel.operate',
    params: runId,
    response: run,
    handle: async ({ params: { id } }) => presentRun(await doors.cancel(id)),
  });
}

function presentRun({ wish: { model, stream }, startedAt, finishedAt, ...rest }: ChannelRun): z.input<typeof run> {
  return {
    ...rest,
    ...(model === undefined ? {} : { model }),
    ...(stream === undefined ? {} : { stream }),
    startedAt: new Date(startedAt).toISOString(),
    ...(finishedAt === undefined ? {} : { finishedAt: new Date(finishedAt).toISOString() }),
  };
}

function presentItem({ channelId, name, asked }: ChannelRunItem): z.input<typeof item> {
  if (asked === undefined) return { channelId, name };
  return { channelId, name, at: new Date(asked.at).toISOString(), ok: asked.ok, ...presentFinding(asked.finding) };
}

function presentFinding(finding: RunFinding): Pick<z.input<typeof item>, 'tests' | 'balance' | 'notAsked' | 'models' | 'problem'> {
  if ('problem' in finding) return { problem: { ...finding.problem } };
  if ('tests' in finding) return { tests: finding.tests.map((report) => ({ ...report })) };
  if ('models' in finding) return { models: finding.models };
  const { balance, notAsked } = finding;
  return { balance: presentBalance(balance), ...(notAsked === undefined ? {} : { notAsked }) };
}
