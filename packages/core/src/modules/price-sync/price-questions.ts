import { AddressRefusedError } from '../../foundation/safe-fetch-errors.js';
import type { Channel } from '../channels/index.js';
import type { PriceFetcher } from './price-fetcher.js';
import type { PriceSourceKind, PriceSourceReport, QuotedPrices } from './price-quote.js';
import type { PriceSourceSetting } from './price-sync-settings.js';

const askedAtOnce = 8;
/** Other background jobs wait while a run asks. */
const runTimeMaxMs = 30_000;

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
}

export function priceQuestions(fetcher: PriceFetcher, { channels, sources }: AskedPlaces): readonly PriceQuestion[] {
  return [
    ...channels
      .filter(({ adapter }) => adapter.models?.hasPrices === true)
      .map(
        (channel): PriceQuestion => ({
          source: `channel:${channel.name}`,
          kind: 'channel',
          ask: async (signal) => offeredBy(channel, await fetcher.ofChannel(channel, signal)),
        }),
      ),
    ...sources.map(
      (source): PriceQuestion => ({ source: source.name, kind: 'gateway', ask: (signal) => fetcher.ofSource(source, signal) }),
    ),
  ];
}

/** Channels that nobody asks, and why: their operator shall not take silence for agreement. */
export function leftOut(channels: readonly Channel[]): readonly PriceSourceReport[] {
  return channels
    .filter(({ adapter }) => adapter.models?.hasPrices !== true)
    .map(({ name, adapter }) => ({
      source: `channel:${name}`,
      kind: 'channel',
      state: 'left-out',
      problem: `places of the provider ${adapter.id} publish no prices`,
      quotes: [],
      refused: [],
    }));
}

/** What each source says, in the order of the questions. `before` is what they said the time before. */
export async function askAll(
  questions: readonly PriceQuestion[],
  before: ReadonlyMap<string, PriceSourceReport>,
  onProgress: (done: number) => Promise<void>,
): Promise<readonly PriceSourceReport[]> {
  const signal = AbortSignal.timeout(runTimeMaxMs);
  const reports = new Map<PriceQuestion, PriceSourceReport>();
  const waiting = [...questions];
  const askNext = async (): Promise<void> => {
    for (let question = waiting.shift(); question !== undefined; question = waiting.shift()) {
      reports.set(question, await answerOf(question, signal, before.get(question.source)));
      if (reports.size < questions.length) await onProgress(reports.size);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, askNext));
  return questions.flatMap((question) => reports.get(question) ?? []);
}

/**
 * Asks; a source that fails is told of, and stops no other. What it said before still counts: else a source that is away would leave its
 * models to whoever disagrees with it.
 */
async function answerOf(question: PriceQuestion, signal: AbortSignal, before: PriceSourceReport | undefined): Promise<PriceSourceReport> {
  const { source, kind } = question;
  try {
    const { quotes, refused } = (await question.ask(signal)) ?? { quotes: [], refused: [] };
    return { source, kind, state: 'read', quotes, refused };
  } catch (error) {
    const problem = `${(error instanceof Error ? error.message : String(error)).slice(0, 500)}${adviceFor(kind, error)}`;
    return { source, kind, state: 'failed', problem, quotes: before?.quotes ?? [], refused: before?.refused ?? [] };
  }
}

function adviceFor(kind: PriceSourceKind, error: unknown): string {
  if (!(error instanceof AddressRefusedError)) return '';
  return ` The ${kind === 'channel' ? 'channel' : 'source'}'s own allowPrivate allows it.`;
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
