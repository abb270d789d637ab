import type { TokenFamily } from '@tollgate/plugin-kit';
import { usualCharacterWeights } from '@tollgate/plugin-kit';
import { estimateBodyTokens } from '../../../packages/core/src/relay/estimate-tokens.js';
import { scaleOf, TokenFamilies, type TokenScale } from '../../../packages/core/src/relay/token-families.js';
import { type CountedText, weightNames } from './fit-weights.js';
import { formerBodyTokens, formerTextTokens } from './former-estimate.js';
import type { RecordedCall } from './recorded-calls.js';

/** What one estimate came to beside the truth. */
interface Comparison {
  readonly family: string;
  readonly side: 'input' | 'output';
  readonly tokens: number;
  readonly before: number;
  readonly now: number;
}

export interface EstimatesPageParts {
  readonly calls: readonly RecordedCall[];
  /** By the name of the text, as the public tokenizer counts them. */
  readonly texts: Readonly<Record<string, CountedText>>;
  readonly families: readonly { readonly provider: string; readonly family: TokenFamily }[];
}

const unclaimed = 'none';

export function estimatesPage({ calls, texts, families }: EstimatesPageParts): string {
  const known = new TokenFamilies();
  const comparisons = calls.flatMap((call) => comparisonsOf(call, known.scaleFor(call.provider, call.model)));
  return `${introduction(comparisons)}
${errorTable(comparisons)}

${textsTitle}
${textTable(texts)}

${familiesTitle}
${familyTable(families)}

This page is written by \`npm run docs\`; a test fails when it is not current.
`;
}

const textsTitle = `## Against a public tokenizer

Texts written for this, of the kinds that models are sent, as \`o200k_base\` cuts them. The usual weights were fitted to these by least squared
relative error (\`tests/documents/estimates/fit-weights.ts\`), and a test holds that they still are what the fit gives.

| text | tokens | error before | error now |
|---|--:|--:|--:|`;

const familiesTitle = `## Families

Declared by the adapters (\`tokenFamilies\`), shared ones listed once; of a provider's families the first that claims the model's name at the channel counts. \`word\` is
paid for each run of letters, the other weights for each character. \`field\` is paid for each value of a request, and the last three for what nobody
sees: in each call, in a call with tools, around each call of a tool in an answer. Models that no family claims are weighed a little heavier than
the usual.

| provider | family | word | letter | digit | punctuation | space | wide | other | field | call | tools | tool call |
|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|`;

function introduction(comparisons: readonly Comparison[]): string {
  const samples = (side: Comparison['side']): number => comparisons.filter((one) => one.side === side).length;
  return `# How good the estimates are

What a call may cost is set aside before it is sent, from an estimate of its input ([decision 11](decisions/0011-estimates.md)). This page compares
estimates with what vendors themselves stated for the same texts, in recorded calls: ${samples('input')} requests and ${samples('output')} answers.

**That is few.** Most are a sentence or two, where a few tokens that a vendor adds unseen are a large part of the whole, so that relative errors look
worse than they are for requests of usual length. No weight of a single character was fitted to the recordings: the usual weights were fitted to a
public tokenizer, those of other vendors are the usual ones times a factor, chosen so that the recordings of the family come out about right. What
stands around calls of tools was read off the recordings, and the errors below are over those same recordings: there are too few to keep some\napart. For families with fewer than three samples on a side, and for every figure on images,
sound and documents, the figures are chosen from the vendors' documents and were not measured.

Left out are answers with hidden thinking, with the vendor's own tools, with media, and those that a recorder cut short: their tokens are not those of
their text. The error is the distance from what the vendor stated, as a part of it.

| family | side | samples | median before | median now | 90th percentile before | 90th percentile now |
|---|---|--:|--:|--:|--:|--:|`;
}

function comparisonsOf({ input, output }: RecordedCall, scale: TokenScale): readonly Comparison[] {
  const family = scale.family ?? unclaimed;
  const comparisons: Comparison[] = [];
  if (input !== undefined) {
    const { body, tokens } = input;
    comparisons.push({ family, side: 'input', tokens, before: formerBodyTokens(body), now: estimateBodyTokens(body, scale) });
  }
  if (output !== undefined) {
    const { texts, toolCalls, tokens } = output;
    const before = sum(texts.map(formerTextTokens));
    comparisons.push({ family, side: 'output', tokens, before, now: toolCalls * scale.unseenInToolCall + sum(texts.map(scale.tokensIn)) });
  }
  return comparisons;
}

function errorTable(comparisons: readonly Comparison[]): string {
  const families = [...new Set(comparisons.map(({ family }) => family))].sort();
  const rows = families.flatMap((family) =>
    (['input', 'output'] as const).map((side) =>
      errorRow(
        family,
        side,
        comparisons.filter((one) => one.family === family && one.side === side),
      ),
    ),
  );
  const totals = (['input', 'output'] as const).map((side) =>
    errorRow(
      '**all**',
      side,
      comparisons.filter((one) => one.side === side),
    ),
  );
  return [...rows, ...totals].filter((row) => row !== '').join('\n');
}

function errorRow(family: string, side: string, comparisons: readonly Comparison[]): string {
  if (comparisons.length === 0) return '';
  const errors = (of: 'before' | 'now'): readonly number[] =>
    comparisons.map((one) => Math.abs(one[of] - one.tokens) / one.tokens).sort((one, other) => one - other);
  const before = errors('before');
  const now = errors('now');
  const cells = [quantile(before, 0.5), quantile(now, 0.5), quantile(before, 0.9), quantile(now, 0.9)].map(percent);
  return `| ${[family, side, comparisons.length, ...cells].join(' | ')} |`;
}

function textTable(texts: EstimatesPageParts['texts']): string {
  const scale = scaleOf({ id: 'usual', models: [], weights: usualCharacterWeights, field: 0 });
  return Object.entries(texts)
    .map(([name, { texts: parts, tokens }]) => {
      const before = sum(parts.map(formerTextTokens));
      const now = sum(parts.map(scale.tokensIn));
      return `| ${name} | ${tokens} | ${signed(before / tokens - 1)} | ${signed(now / tokens - 1)} |`;
    })
    .join('\n');
}

function familyTable(families: EstimatesPageParts['families']): string {
  return families
    .map(({ provider, family: { id, weights, field, unseen } }) => {
      const figures = [...weightNames.map((name) => weights[name]), field, unseen?.call ?? 0, unseen?.tools ?? 0, unseen?.toolCall ?? 0];
      return `| ${[provider, id, ...figures.map((figure) => String(Math.round(figure * 1_000) / 1_000))].join(' | ')} |`;
    })
    .join('\n');
}

/** The least error that so many of them do not exceed. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.ceil(sorted.length * part) - 1] ?? 0;
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

function signed(part: number): string {
  return `${part < 0 ? '−' : '+'}${percent(Math.abs(part))}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
