import { z } from 'zod';
import { type BatchResult, type ChannelDesk, channelKeySchema, keyRemarkSchema, type StoredKey } from '../../modules/channels/index.js';
import type { ChangeAuthor } from '../../modules/changes/index.js';
import type { KeyBalance } from '../../modules/balances/index.js';
import type { CircuitRecord } from '../../modules/health/index.js';
import type { KeyCounts } from '../../modules/key-usage/index.js';
import { channelKey, presentKey } from './channel-answers.js';
import { channelId, listedKeys } from './channels.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { PageCursors, pageOf, pageShape } from './page.js';

export interface ChannelKeyDoors {
  readonly desk: ChannelDesk;
  /** What is open or disabled now, of all channels. */
  circuits(): readonly CircuitRecord[];
  changeKeys(
    author: ChangeAuthor,
    channelId: string,
    meant: (key: Pick<StoredKey, 'id' | 'enabled'>) => boolean,
    action: 'enable' | 'disable' | 'delete',
  ): Promise<BatchResult>;
  remarkKey(author: ChangeAuthor, channelId: string, keyId: string, remark: string | null): Promise<StoredKey>;
  /** Key → counters, of a channel's keys that were used. */
  countsOf(channelId: string): Promise<ReadonlyMap<string, KeyCounts>>;
  /** Of a channel's keys whose upstream was asked what is left. */
  balancesOf(channelId: string): Promise<readonly KeyBalance[]>;
}

const text = z.string().min(1).max(255);
const keyState = z.enum(['enabled', 'disabled', 'failing']).optional().meta({ title: '`failing`: enabled, and not used now' });
const keyParams = z.strictObject({ id: text, keyId: text });
/** Channel, key, and the key's place: whoever deletes while reading goes on where the key was. */
const cursors = new PageCursors('channel-keys', z.tuple([z.string(), z.string(), z.int().min(0)]));

/** A channel's keys, each known by its id wherever it stands. */
export function channelKeyEndpoints(doors: ChannelKeyDoors): readonly Endpoint[] {
  return [list(doors), add(doors), replace(doors), remark(doors), batch(doors)];
}

function hasState(key: Pick<StoredKey, 'id' | 'enabled'>, state: z.output<typeof keyState>, failing: ReadonlySet<string>): boolean {
  if (state === undefined) return true;
  if (state === 'disabled') return !key.enabled;
  return key.enabled && (state === 'enabled' || failing.has(key.id));
}

function failingKeys(circuits: readonly CircuitRecord[]): ReadonlySet<string> {
  return new Set(circuits.filter(({ kind }) => kind === 'key').map(({ subject }) => subject));
}

function firstAfter(position: readonly [string, string, number] | undefined, channelId: string, keys: readonly StoredKey[]): number {
  if (position?.[0] !== channelId) return 0;
  const at = keys.findIndex(({ id }) => id === position[1]);
  return at < 0 ? position[2] : at + 1;
}

function list({ desk, circuits, countsOf, balancesOf }: ChannelKeyDoors): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/channels/:id/keys',
    title:
      'The keys of a channel in their order, by hints, with what they have served, what is left for them and what is known against them',
    permission: 'channel.read',
    params: channelId,
    query: z.strictObject({ ...pageShape, state: keyState }),
    response: pageOf(channelKey),
    handle: async ({ params: { id }, query }) => {
      const position = cursors.positionOf(query);
      const { keys } = await desk.one(id);
      const known = circuits().filter((record) => record.channelId === id);
      const failing = failingKeys(known);
      const found = keys.slice(firstAfter(position, id, keys)).filter((key) => hasState(key, query.state, failing));
      const { items, next } = cursors.page(query, found.slice(0, query.limit + 1), (key) => [id, key.id, keys.indexOf(key)]);
      const [counts, balances] = await Promise.all([countsOf(id), balancesOf(id)]);
      return { items: items.map((key) => presentKey(key, known, counts, balances)), next };
    },
  });
}

function add({ desk }: ChannelKeyDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/keys',
    title: 'Add keys to a channel; those that it has already change nothing',
    permission: 'channel.write',
    params: channelId,
    body: z.strictObject({
      keys: z
        .union([z.array(channelKeySchema).min(1).max(10_000), z.string().min(1).max(1_000_000)])
        .meta({ title: 'As in an apply file, or one in each line', secret: true }),
    }),
    response: z.object({ keyCount: z.int() }),
    handle: async ({ author, params: { id }, body }) => {
      await desk.addKeys(author, id, [...listedKeys(body.keys)]);
      return { keyCount: (await desk.one(id)).keys.length };
    },
  });
}

function replace({ desk }: ChannelKeyDoors): Endpoint {
  return defineEndpoint({
    method: 'PUT',
    path: '/api/channels/:id/keys/:keyId',
    title: 'Put another key in the place of one; it has another id',
    permission: 'channel.write',
    params: keyParams,
    body: z.strictObject({ key: channelKeySchema }),
    response: z.object({ keyCount: z.int() }),
    handle: async ({ author, params: { id, keyId }, body }) => {
      await desk.replaceKey(author, id, keyId, body.key);
      return { keyCount: (await desk.one(id)).keys.length };
    },
  });
}

function remark({ circuits, remarkKey, countsOf, balancesOf }: ChannelKeyDoors): Endpoint {
  return defineEndpoint({
    method: 'PATCH',
    path: '/api/channels/:id/keys/:keyId',
    title: 'Remark something else on a key; null takes the remark off',
    permission: 'channel.write',
    params: keyParams,
    body: z.strictObject({ remark: keyRemarkSchema.nullable() }),
    response: channelKey,
    handle: async ({ author, params: { id, keyId }, body }) => {
      const changed = await remarkKey(author, id, keyId, body.remark);
      const known = circuits().filter((record) => record.channelId === id);
      return presentKey(changed, known, await countsOf(id), await balancesOf(id));
    },
  });
}

function batch({ circuits, changeKeys }: ChannelKeyDoors): Endpoint {
  return defineEndpoint({
    method: 'POST',
    path: '/api/channels/:id/key-batch',
    title:
      'Enable, disable or delete keys; to enable one also ends what its failures have disabled. A key in `config` goes by the id of its channel, and can be enabled alone',
    permission: 'channel.write',
    params: channelId,
    body: z
      .strictObject({
        ids: z.array(text).max(10_000).optional().meta({ title: 'Left out: all that have the state' }),
        state: keyState,
        action: z.enum(['enable', 'disable', 'delete']),
      })
      .refine(({ ids, state }) => ids !== undefined || state !== undefined, { error: 'Say which keys are meant, by ids or by state.' }),
    response: z.object({ matched: z.int(), changed: z.int() }),
    handle: ({ author, params: { id }, body: { ids, state, action } }) => {
      const failing = failingKeys(circuits());
      const named = ids === undefined ? undefined : new Set(ids);
      const meant = (key: Pick<StoredKey, 'id' | 'enabled'>): boolean => (named?.has(key.id) ?? true) && hasState(key, state, failing);
      return changeKeys(author, id, meant, action);
    },
  });
}
