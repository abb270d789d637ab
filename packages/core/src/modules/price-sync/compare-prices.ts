import { type EffectiveModel, matchOf, type ModelCatalogue } from '../models/index.js';
import type { ModelPrice } from '../pricing/index.js';
import { agree, covers, factsOfFields, factsOfPrice, kindOf, largestFactor, type PriceFacts } from './price-facts.js';
import { type PriceQuote, type PriceSourceKind, priceSourceKinds, type PriceSourceReport } from './price-quote.js';

/** What makes one quote doubtful. */
export type QuoteMark = 'kind-differs' | 'suspicious' | 'silent-on-tiers';
/** What makes a whole difference doubtful, or worth knowing. */
export type DifferenceMark = 'new' | 'local-manual' | 'sources-disagree' | 'pattern';

export interface ComparedQuote extends PriceQuote {
  readonly source: string;
  readonly kind: PriceSourceKind;
  readonly facts: PriceFacts;
  /** False if it says what is in force already. */
  readonly changes: boolean;
  readonly marks: readonly QuoteMark[];
}

/** A model of which some source states another price than the one in force. */
export interface PriceDifference {
  readonly model: string;
  /** The price in force, and the entry of the catalogue that has it: a pattern's price may be in force for a name. */
  readonly local?: {
    readonly facts: PriceFacts;
    readonly source: NonNullable<EffectiveModel['priceSource']>;
    readonly entry: string;
  };
  readonly quotes: readonly ComparedQuote[];
  readonly marks: readonly DifferenceMark[];
  /** The source whose price can be taken without a second look; absent where there is any conflict. */
  readonly choice?: string;
}

/** Compares what sources state with what is in force, model by model in the order of their names. */
export function comparePrices(
  catalogue: Pick<ModelCatalogue, 'find'>,
  reports: readonly PriceSourceReport[],
  suspiciousFactor: number,
): readonly PriceDifference[] {
  const quoted = new Map<string, Pick<ComparedQuote, keyof PriceQuote | 'source' | 'kind' | 'facts'>[]>();
  for (const { source, kind, quotes } of reports) {
    for (const quote of quotes) {
      const entry = { ...quote, source, kind, facts: factsOfFields(quote.fields) };
      const list = quoted.get(quote.model);
      if (list === undefined) quoted.set(quote.model, [entry]);
      else list.push(entry);
    }
  }
  return [...quoted.keys()].sort().flatMap((name) => {
    const difference = compareOne(catalogue.find(name), name, quoted.get(name) ?? [], suspiciousFactor);
    return difference.quotes.some(({ changes }) => changes) ? [difference] : [];
  });
}

function compareOne(
  model: EffectiveModel | undefined,
  name: string,
  quoted: readonly Omit<ComparedQuote, 'changes' | 'marks'>[],
  suspiciousFactor: number,
): PriceDifference {
  const price = model?.price;
  const local = price && { facts: factsOfPrice(price), source: model?.priceSource ?? 'manual', entry: model?.pricedBy ?? name };
  const quotes = quoted.map((quote): ComparedQuote => {
    const others = quoted.filter((other) => other !== quote && sameKind(other, quote)).map(({ facts }) => facts);
    const isOtherKind = price !== undefined && price.by !== kindOf(quote.fields);
    const against = local === undefined || isOtherKind ? others : [local.facts, ...others];
    const isSuspicious = against.some((facts) => largestFactor(facts, quote.facts) > suspiciousFactor);
    const changes = local === undefined || isOtherKind || !covers(local.facts, quote.facts);
    const marks: readonly QuoteMark[] = [
      ...(isOtherKind ? (['kind-differs'] as const) : []),
      ...(isSuspicious ? (['suspicious'] as const) : []),
      ...(changes && hasTiers(price) && quote.fields.tiers === undefined ? (['silent-on-tiers'] as const) : []),
    ];
    return { ...quote, changes, marks };
  });
  const disagree = quotes.some((one) => quotes.some((other) => !sameKind(one, other) || !agree(one.facts, other.facts)));
  const marks: readonly DifferenceMark[] = [
    ...(local === undefined ? (['new'] as const) : []),
    ...(local?.source === 'manual' ? (['local-manual'] as const) : []),
    ...(disagree ? (['sources-disagree'] as const) : []),
    // It would price names that the source may never have heard of.
    ...(matchOf(name).match === 'exact' ? [] : (['pattern'] as const)),
  ];
  const choice = marks.some((mark) => mark !== 'new') ? undefined : bestOf(quotes);
  return { model: name, ...(local === undefined ? {} : { local }), quotes, marks, ...(choice === undefined ? {} : { choice }) };
}

function sameKind(one: PriceQuote, other: PriceQuote): boolean {
  return kindOf(one.fields) === kindOf(other.fields);
}

/** Tiers are prices of their own: they would stay what they are while the price below them moves. */
function hasTiers(price: ModelPrice | undefined): boolean {
  return price?.by === 'tokens' && price.tiers !== undefined;
}

/** What the channel's own place asks goes before what others do. Of quotes that agree, the first kind may still state the least. */
function bestOf(quotes: readonly ComparedQuote[]): string | undefined {
  if (quotes.some(({ marks }) => marks.length > 0)) return undefined;
  const byKind = [...quotes].sort((one, other) => priceSourceKinds.indexOf(one.kind) - priceSourceKinds.indexOf(other.kind));
  return byKind.find(({ changes }) => changes)?.source;
}
