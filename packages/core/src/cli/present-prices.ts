import {
  type AppliedPrice,
  type ComparedQuote,
  factsOfPrice,
  type PriceDifference,
  type PriceFacts,
  type PriceSyncRun,
} from '../modules/price-sync/index.js';

const unread = { failed: 'could not be read', 'left-out': 'was not asked' } as const;

/** One line for each source, and for each price that was refused. */
export function runText({ reports }: PriceSyncRun): readonly string[] {
  return reports.flatMap(({ source, state, problem, quotes, refused }) => [
    state === 'read' ? `${source} states ${counted(quotes.length, 'price')}.` : `${source} ${unread[state]}: ${problem}`,
    ...refused.map((quote) => `${source}: the price of ${quote.model} is refused: ${quote.problem}`),
  ]);
}

export function differencesText(differences: readonly PriceDifference[]): string {
  const lines = differences.flatMap((difference) =>
    difference.quotes.filter(({ changes }) => changes).map((quote) => lineOf(difference, quote)),
  );
  if (lines.length === 0) return 'No source states another price than those in force.';
  const free = differences.filter(({ choice }) => choice !== undefined).length;
  return [
    ...table(['MODEL', 'SOURCE', 'US DOLLARS PER MILLION TOKENS', 'BUT'], lines),
    `${counted(differences.length, 'model')} differ${differences.length === 1 ? 's' : ''}, ${free} without any conflict.`,
  ].join('\n');
}

export function appliedText(applied: readonly AppliedPrice[]): string {
  if (applied.length === 0) return 'No price was changed.';
  const lines = applied.map(({ model, source, before, after }) => [
    model,
    source,
    changeText(before && factsOfPrice(before), factsOfPrice(after)),
  ]);
  return [...table(['MODEL', 'SOURCE', 'US DOLLARS PER MILLION TOKENS'], lines), `${counted(applied.length, 'price')} changed.`].join('\n');
}

function lineOf({ model, local, marks }: PriceDifference, quote: ComparedQuote): readonly string[] {
  const source = quote.asOf === undefined ? quote.source : `${quote.source} (${quote.asOf})`;
  return [model, source, changeText(local?.facts, quote.facts), [...marks, ...quote.marks].join(', ')];
}

/** `input 2.5, output 8 → 10`: what is stated, and what it was where that differs. */
function changeText(before: PriceFacts | undefined, after: PriceFacts): string {
  return Object.entries(after)
    .map(([name, stated]) => {
      const was = before?.[name];
      return was === undefined || was === stated ? `${name} ${stated}` : `${name} ${was} → ${stated}`;
    })
    .join(', ');
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]?.length ?? 0)));
  return [head, ...lines].map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
