import { describe, expect, it } from 'vitest';
import { type Permission, PermissionDeniedError } from '../../modules/access/index.js';
import type { ChannelRun, ChannelRunKind } from '../../modules/upkeep/index.js';
import { channelRunEndpoints } from './channel-runs.js';

describe('a run over many channels', () => {
  it('that changes channels is begun by those alone who may change them', async () => {
    const begun: ChannelRunKind[] = [];
    const [start] = channelRunEndpoints({
      circuits: () => [],
      start: async (kind): Promise<ChannelRun> => {
        begun.push(kind);
        return { id: 'r', kind, state: 'queued', userId: 'u', wish: {}, startedAt: 1, total: 0, done: 0, failed: 0, leftOut: 0 };
      },
      all: async () => [],
      one: () => Promise.reject(new Error('Nobody asks.')),
      items: async () => [],
      cancel: () => Promise.reject(new Error('Nobody asks.')),
    });
    const begin = async (kind: ChannelRunKind, ...permissions: readonly Permission[]): Promise<unknown> =>
      start?.run({
        caller: { userId: 'u', permissions: new Set(permissions) },
        params: {},
        query: {},
        body: { kind },
        requestId: 'q',
        clientAddress: '127.0.0.1',
      });
    await begin('test', 'channel.operate');
    await expect(begin('models', 'channel.operate')).rejects.toThrow(PermissionDeniedError);
    await begin('models', 'channel.operate', 'channel.write');
    expect(begun).toEqual(['test', 'models']);
  });
});
