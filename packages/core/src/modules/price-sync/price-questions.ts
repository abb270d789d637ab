import type { Channel } from '../channels/index.js';
import type { PriceFetcher } from './price-fetcher.js';
import type { PriceSourceKind, PriceSourceReport, QuotedPrices } from './price-quote.js';
import type { PriceSourceSetting } from './price-sync-settings.js';

/** One source that has to be asked over the network. */
export interface PriceQuestion {
  readonly source: string;
  readonly kind: PriceSourceKind;
  /** Undefined if the source publishes no prices. */
  ask(signal: AbortSignal): Promise<QuotedPrices | undefined>;
}

export interface AskedPlaces {
  readonly channels: readonly Channel[];
  readonly sources: readonly PriceSourceSetting[];
  readonly privateChannels: boolean;
}

export function priceQuestions(fetcher: PriceFetcher, { channels, sources, privateChannels }: AskedPlaces): readonly PriceQuestion[] {
  return [
    ...channels
      .filter(({ adapter }) => adapter.models?.hasPrices === true)
      .map(
        (channel): PriceQuestion => ({
          source: `channel:${channel.name}`,
          kind: 'channel',
          ask: async (signal) => offeredBy(channel, await fetcher.ofChannel(channel, privateChannels, signal)),
        }),
      ),
    ...sources.map(
      (source): PriceQuestion => ({ source: source.name, kind: 'gateway', ask: (signal) => fetcher.ofSource(source, signal) }),
    ),
  ];
}

/**
 * Asks; a source that fails is told of, and stops no other. What it said before still counts: else a source that is away would leave its
 * models to whoever disagrees with it.
 */
export async function answerOf(
  question: PriceQuestion,
  signal: AbortSignal,
  before: PriceSourceReport | undefined,
): Promise<PriceSourceReport> {
  const { source, kind } = question;
  try {
    const { quotes, refused } = (await question.ask(signal)) ?? { quotes: [], refused: [] };
    return { source, kind, state: 'read', quotes, refused };
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    return { source, kind, state: 'failed', problem, quotes: before?.quotes ?? [], refused: before?.refused ?? [] };
  }
}

/** From all that the place sells, what the channel offers, under the names that callers use. */
function offeredBy(channel: Channel, prices: QuotedPrices | undefined): QuotedPrices | undefined {
  if (prices === undefined) return undefined;
  const quotes = new Map(prices.quotes.map((quote) => [quote.model, quote]));
  const refused = new Map(prices.refused.map((quote) => [quote.model, quote]));
  const upstreamNames = [...channel.models].map((model) => [model, channel.modelMapping.get(model) ?? model] as const);
  const renamed = <Quote>(from: ReadonlyMap<string, Quote>): readonly Quote[] =>
    upstreamNames.flatMap(([model, upstreamName]) => {
      const quote = from.get(upstreamName);
      return quote === undefined ? [] : [{ ...quote, model }];
    });
  return { quotes: renamed(quotes), refused: renamed(refused) };
}
