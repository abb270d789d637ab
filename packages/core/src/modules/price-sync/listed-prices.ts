import type { PriceHint, PriceList, ProviderAdapter } from '@tollgate/plugin-kit';
import type { Channel } from '../channels/index.js';
import type { PriceSourceReport } from './price-quote.js';
import { fieldsOfPublished } from './published-price.js';
import { QuoteCollector } from './quoted-fields.js';

/**
 * What adapters have on record of the models that matter here: those that channels offer, by the names they have at the upstream and from
 * the list that holds where the channel is; and `others`, by their own names and from any list.
 */
export function listedPrices(
  providers: Iterable<ProviderAdapter>,
  channels: readonly Channel[],
  others: Iterable<string>,
): readonly PriceSourceReport[] {
  const wanted = new Map<PriceList, Map<string, string>>();
  const want = (list: PriceList, model: string, upstreamName: string): void => {
    const models = wanted.get(list) ?? new Map<string, string>();
    wanted.set(list, models.set(model, upstreamName));
  };
  for (const channel of channels) {
    for (const list of listsOf(channel)) for (const model of channel.models) want(list, model, channel.modelMapping.get(model) ?? model);
  }
  const offered = new Set(channels.flatMap(({ models }) => [...models]));
  const lists = [...providers].flatMap(({ prices }) => prices ?? []);
  for (const model of others) if (!offered.has(model)) for (const list of lists) want(list, model, model);
  return [...wanted].flatMap(([list, models]) => reportOf(list, models));
}

/** Every model that the adapters know a price of. */
export function everyListedModel(providers: Iterable<ProviderAdapter>): readonly string[] {
  return [...providers].flatMap(({ prices }) => (prices ?? []).flatMap((list) => list.models.map(({ model }) => model)));
}

function listsOf({ adapter, config }: Channel): readonly PriceList[] {
  const host = hostIn(config);
  return (adapter.prices ?? []).filter(({ hosts }) => hosts === undefined || (host !== undefined && hosts.includes(host)));
}

/** Adapters keep the address of a place in a field of this name. */
function hostIn(config: Channel['config']): string | undefined {
  const address = config['baseUrl'];
  return typeof address === 'string' && URL.canParse(address) ? new URL(address).hostname : undefined;
}

function reportOf(list: PriceList, models: ReadonlyMap<string, string>): readonly PriceSourceReport[] {
  const hints = new Map(
    list.models.flatMap((hint) => [hint.model, ...(hint.alsoNamed ?? [])].map((name): [string, PriceHint] => [name, hint])),
  );
  const collector = new QuoteCollector();
  for (const [model, upstreamName] of models) {
    const hint = hints.get(upstreamName);
    const fields = hint && fieldsOfPublished(hint);
    if (hint !== undefined && fields !== undefined)
      collector.add(model, { ...fields }, { asOf: hint.asOf ?? list.asOf, page: hint.source ?? list.source });
  }
  const { quotes, refused } = collector;
  return quotes.length === 0 ? [] : [{ source: `list:${list.vendor}`, kind: 'list', state: 'read', quotes, refused }];
}
