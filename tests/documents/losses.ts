import type { Loss } from '@tollgate/plugin-kit';
import { dialects, type ServedDialect } from '../relay/dialects.js';
import { capabilities, type Capability, requestIn } from './capabilities.js';
import { translated } from './translate-request.js';

/** What becomes of a capability on its way from a client's dialect to an upstream's. Undefined: the client's dialect cannot ask for it. */
export type Fate = readonly Loss[] | undefined;

export function fateOf(capability: Capability, from: ServedDialect, to: ServedDialect): Fate {
  const request = requestIn(from.id, capability);
  return request && translated(request, from, to)?.losses;
}

/** The whole page: a table for each dialect of a client, and every loss with its reason. */
export function lossesPage(): string {
  const tables = dialects.map((from) =>
    tableOf(
      from,
      dialects.filter((to) => to.id !== from.id),
    ),
  );
  return [head, ...tables].join('\n');
}

const head = `# What a translation loses

Generated from the dialects by \`npm run docs\`: what a client of one dialect may ask for, and what becomes of it at an upstream of another. In its own
dialect nothing is lost: the bytes pass. A loss is told to the caller as the setting \`relay.onLoss\` says: not at all, in the header
\`x-tollgate-loss\` (those of a streamed answer come too late for it), or by refusing the request. It is always kept in the receipt of the call,
with what an answer lost: \`losses\` of \`GET /api/usage\`.

✓ is carried · ◐ is carried in another form · ✗ is left out · – cannot be asked for in the client's dialect. Rules of single models come on top.
`;

function tableOf(from: ServedDialect, others: readonly ServedDialect[]): string {
  const reasons = new Map<string, number>();
  const rows = capabilities.map((capability) => {
    const cells = others.map((to) => cellOf(fateOf(capability, from, to), reasons));
    return `| ${capability.title} | ${cells.join(' | ')} |`;
  });
  const notes = [...reasons].map(([reason, number]) => `${number}. ${reason}`);
  return `## From ${from.id}

| | ${others.map(({ id }) => id).join(' | ')} |
|---|${others.map(() => '---|').join('')}
${rows.join('\n')}

${notes.join('\n')}
`;
}

function cellOf(fate: Fate, reasons: Map<string, number>): string {
  if (fate === undefined) return '–';
  if (fate.length === 0) return '✓';
  const numbers = fate.map(({ field, how, why }) => {
    const reason = `\`${field}\` ${how}: ${why}`;
    if (!reasons.has(reason)) reasons.set(reason, reasons.size + 1);
    return reasons.get(reason);
  });
  const mark = fate.some(({ how }) => how === 'dropped') ? '✗' : '◐';
  return `${mark} ${[...new Set(numbers)].join(', ')}`;
}
