import { type Dialect, emptyUsage, operationOf, type RequestFacts } from '@tollgate/plugin-kit';
import { millipoints, noMillipoints, type Millipoints } from '../foundation/millipoints.js';
import type { ledgerSettings } from '../modules/ledger/index.js';
import type { Model } from '../modules/models/index.js';
import { costOf, estimateOf, type ExpectedUsage, type Rate, UncountablePriceError } from '../modules/pricing/index.js';
import type { SettingsValues } from '../modules/settings/index.js';
import type { WeighedBody } from './estimate-tokens.js';
import type { RelayCall } from './relay-call.js';
import type { RunningCall } from './running-call.js';
import type { TokenScale } from './token-families.js';

/** What a call is held for before it is sent. */
export interface Quote {
  readonly rate: Rate;
  readonly heldOutputTokens: number;
  /** Estimated, what the call names at its upstream included. */
  readonly inputTokens: number;
  /** What the caller asks for; more output is held at the same price. */
  readonly outputKinds: RequestFacts['outputKinds'];
  /** Input and output together. */
  readonly heldTokens: number;
  readonly amount: Millipoints;
  /** What a complete answer costs, where that is known before it begins: the price is by the call, and no tool may run that has a fee. */
  readonly fixedCost: Millipoints | undefined;
  /** A stream of more output than this, by our estimate, is ended where its hold cannot grow; undefined where output costs nothing. */
  readonly endedAboveTokens: number | undefined;
}

/**
 * Room for estimates that are too high: an upstream that keeps to the caller's maximum must not be ended for it. What goes beyond the hold is
 * charged all the same.
 */
const boundedSlackFactor = 2;
const boundedSlackTokens = 50;

/** What a quote is made of. */
export interface QuotedCall extends Pick<RunningCall, 'input' | 'binding'> {
  readonly call: Pick<RelayCall, 'facts' | 'dialect'>;
}

/**
 * The estimated input, what it names at its upstream included, and as much output as can be expected: bounded by the caller's maximum, the
 * model's and the operator's.
 * @throws UncountablePriceError
 */
export function quoteFor(
  { call, input: known, binding }: QuotedCall,
  model: Model | undefined,
  rate: Rate,
  {
    holdOutputTokensMax,
    holdReferencedTokens,
  }: Pick<SettingsValues<typeof ledgerSettings>, 'holdOutputTokensMax' | 'holdReferencedTokens'>,
): Quote {
  const { facts } = call;
  refuseUncountable(rate, call.dialect);
  const possible = Math.min(facts.outputTokensMax ?? Number.POSITIVE_INFINITY, model?.outputTokensMax ?? Number.POSITIVE_INFINITY);
  const heldOutputTokens = Math.min(possible, holdOutputTokensMax) * (facts.choices ?? 1);
  const referenced = (binding?.unweighed ?? 0) * holdReferencedTokens;
  const inputTokens = known.tokens + referenced;
  const input = referenced === 0 ? known : { ...known, unknown: known.unknown + referenced };
  const { outputKinds } = facts;
  return {
    rate,
    heldOutputTokens,
    inputTokens,
    outputKinds,
    heldTokens: inputTokens + heldOutputTokens,
    amount: estimateOf(rate, { inputTokens, input, outputTokens: heldOutputTokens, outputKinds, ...extrasOf(rate, facts) }),
    fixedCost:
      rate.price.by === 'call' && facts.serverTools === undefined && facts.toolImage === undefined ? costOf(rate, emptyUsage()) : undefined,
    endedAboveTokens: rate.price.by === 'tokens' ? endedAbove(heldOutputTokens, possible <= holdOutputTokensMax) : undefined,
  };
}

/** Enough for whichever of the quotes at one rate comes true. */
export function widestOf(quotes: readonly Quote[]): Quote {
  const dearest = dearestOf(quotes);
  return {
    ...dearest,
    heldOutputTokens: mostOf(quotes, ({ heldOutputTokens }) => heldOutputTokens),
    inputTokens: mostOf(quotes, ({ inputTokens }) => inputTokens),
    heldTokens: mostOf(quotes, ({ heldTokens }) => heldTokens),
    fixedCost: quotes.some(({ fixedCost }) => fixedCost === undefined) ? undefined : dearest.fixedCost,
    endedAboveTokens: dearest.endedAboveTokens === undefined ? undefined : mostOf(quotes, ({ endedAboveTokens }) => endedAboveTokens ?? 0),
  };
}

export function dearestOf(quotes: readonly Quote[]): Quote {
  return quotes.reduce((one, other) => (other.amount > one.amount ? other : one));
}

function mostOf(quotes: readonly Quote[], figure: (quote: Quote) => number): number {
  return quotes.reduce((most, quote) => Math.max(most, figure(quote)), 0);
}

/** What is expected beside tokens: of each tool one use, of images one for each answer, or one that a tool makes; all searches that may be billed. */
function extrasOf(
  { price }: Rate,
  { choices = 1, serverTools, toolImage, searchUnits }: RequestFacts,
): Pick<ExpectedUsage, 'images' | 'serverTools' | 'searchUnits'> {
  const images = price.by === 'image' ? [{ count: choices, ...toolImage }] : toolImage && [{ count: 1, ...toolImage }];
  return {
    ...(images === undefined ? {} : { images }),
    ...(serverTools === undefined ? {} : { serverTools }),
    ...(searchUnits === undefined ? {} : { searchUnits: searchUnits.atMost }),
  };
}

/** What answers have to state for a price. */
const countOfPrice = { image: 'images', second: 'seconds', search: 'searches' } as const;

/** @throws UncountablePriceError */
function refuseUncountable({ model, price: { by } }: Rate, dialect: Dialect): void {
  if (by === 'tokens' || by === 'call') return;
  const counts = dialect.usage.counts ?? (operationOf(dialect) === 'generate' ? ['images'] : []);
  if (!counts.includes(countOfPrice[by])) throw new UncountablePriceError(model, by);
}

/** What a call will use in all, estimated before it for limits on tokens. */
export function estimateCallTokens(weighed: WeighedBody, facts: RequestFacts, scale: TokenScale, holdOutputTokensMax: number): number {
  const outputTokens = Math.min(facts.outputTokensMax ?? holdOutputTokensMax, holdOutputTokensMax) * (facts.choices ?? 1);
  return weighed.tokensBy(scale) + outputTokens;
}

/** @param isBounded whether all that the caller or the model allows is held: then only an upstream that ignores the maximum gets there. */
function endedAbove(heldOutputTokens: number, isBounded: boolean): number {
  return isBounded ? heldOutputTokens * boundedSlackFactor + boundedSlackTokens : heldOutputTokens;
}

/** What more output of the kinds asked for costs at the same rate, in the tier that the input of the call is in. */
export function costOfMoreOutput(
  { rate, inputTokens, outputKinds }: Pick<Quote, 'rate' | 'inputTokens' | 'outputKinds'>,
  outputTokens: number,
): Millipoints {
  if (rate.price.by !== 'tokens') return noMillipoints;
  const costOfOutput = (tokens: number): bigint => estimateOf(rate, { inputTokens, outputTokens: tokens, outputKinds });
  return millipoints(costOfOutput(outputTokens) - costOfOutput(0));
}
