import { jsonSchemaOf, type ProviderAdapter, secretFields } from '@tollgate/plugin-kit';
import { z } from 'zod';
import { defineEndpoint, type Endpoint } from './endpoint.js';

const provider = z
  .object({
    id: z.string(),
    title: z.string(),
    vendor: z.string(),
    config: z.record(z.string(), z.unknown()).meta({ title: 'JSON Schema of `config` of its channels: titles, defaults, `secret` marks' }),
    secretFields: z.array(z.string()).readonly().meta({ title: 'What a key of `keys` consists of' }),
    dialects: z.array(z.object({ id: z.string(), onDemand: z.boolean().meta({ title: 'Used only where `config.dialects` names it' }) })),
    hasBalance: z.boolean().meta({ title: 'Its places can be asked what is left for a key' }),
    listsModels: z.boolean().meta({ title: 'Its places can be asked which models they have' }),
    knownModels: z.array(z.string()).meta({ title: 'Models that it is known to serve, where it lists none' }),
    hasPrices: z.boolean(),
  })
  .meta({ id: 'Provider' });

/** What channels can be made of. */
export function providersEndpoint(providers: ReadonlyMap<string, ProviderAdapter>): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/providers',
    title: 'The providers that plugins bring, and what a channel of each asks for',
    permission: 'channel.read',
    response: z.object({ items: z.array(provider) }),
    handle: async () => ({ items: [...providers.values()].map(presentProvider) }),
  });
}

function presentProvider(adapter: ProviderAdapter): z.input<typeof provider> {
  const { id, title, vendor, config, speaks, models, balance, knownModels = [], prices = [] } = adapter;
  return {
    id,
    title,
    vendor,
    config: jsonSchemaOf(config),
    secretFields: secretFields(config),
    dialects: speaks.map(({ dialect, onDemand }) => ({ id: dialect.id, onDemand: onDemand ?? false })),
    hasBalance: balance !== undefined,
    listsModels: models !== undefined,
    knownModels: knownModels.map((model) => model.id),
    hasPrices: prices.length > 0 || models?.hasPrices === true,
  };
}
