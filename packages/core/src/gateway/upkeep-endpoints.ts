import type { DependencyContainer } from 'tsyringe';
import { channelBalanceEndpoint } from '../http/api/channel-balances.js';
import { channelRunEndpoints } from '../http/api/channel-runs.js';
import { channelTestEndpoints } from '../http/api/channel-tests.js';
import type { Endpoint } from '../http/api/endpoint.js';
import { tokens } from './tokens.js';

/** The endpoints that ask upstreams of channels. */
export function upkeepEndpoints(container: DependencyContainer): readonly Endpoint[] {
  const tests = container.resolve(tokens.channelTests);
  const balances = container.resolve(tokens.channelBalances);
  const runs = container.resolve(tokens.channelRuns);
  return [
    ...channelTestEndpoints({
      dialects: container.resolve(tokens.dialects).all.map(({ id }) => id),
      test: (channelId, choice, userId) => tests.test(channelId, choice, userId),
      last: (channelId) => tests.last(channelId),
    }),
    channelBalanceEndpoint({ refresh: (channelId, choice) => balances.refresh(channelId, choice) }),
    ...channelRunEndpoints({
      circuits: () => container.resolve(tokens.health).list(),
      start: (kind, filter, wish, userId) => runs.start(kind, filter, wish, userId),
      all: () => runs.all(),
      one: (id) => runs.one(id),
      items: (id, page) => runs.items(id, page),
      cancel: (id) => runs.cancel(id),
    }),
  ];
}
