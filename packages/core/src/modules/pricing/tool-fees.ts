import { type PriceList, type ToolFee, toolFees } from '@tollgate/plugin-kit';
import { decimalOf } from './decimal.js';
import type { Decimal, ToolFees } from './rate.js';

/** `webSearch`, or `webSearch:` and the beginning of model names with a star. */
const feeKey = new RegExp(`^(${toolFees.join('|')})(:[^*\\s]+\\*)?$`);

export function isFeeKey(key: string): boolean {
  return feeKey.test(key);
}

/** The fees for a model: the longest beginning of its name that the table has for each tool, else the tool alone. */
export function feesFor(model: string, table: Readonly<Record<string, Decimal>>): ToolFees {
  const fees: Partial<Record<ToolFee, Decimal>> = {};
  for (const tool of toolFees) {
    const beginnings = Object.keys(table).filter((key) => key.startsWith(`${tool}:`) && model.startsWith(key.slice(tool.length + 1, -1)));
    const longest = beginnings.sort((one, other) => other.length - one.length)[0] ?? tool;
    const fee = table[longest];
    if (fee !== undefined) fees[tool] = fee;
  }
  return fees;
}

/** The fees that vendors' lists state for their own models, as entries of such a table. */
export function listedFees(lists: Iterable<Pick<PriceList, 'toolFees'>>): Readonly<Record<string, Decimal>> {
  const table: Record<string, Decimal> = {};
  for (const list of lists)
    for (const { modelsFrom, dollarsPerThousandUses } of list.toolFees ?? [])
      for (const [tool, fee] of Object.entries(dollarsPerThousandUses)) table[`${tool}:${modelsFrom}*`] = decimalOf(fee);
  return table;
}

/** The operator's table, and what it leaves to the vendors' lists. Tools that it leaves out altogether cost nothing. */
export function withListedFees(
  table: Readonly<Record<string, Decimal>>,
  listed: Readonly<Record<string, Decimal>>,
): Readonly<Record<string, Decimal>> {
  return { ...Object.fromEntries(Object.entries(listed).filter(([key]) => table[key.split(':', 1)[0] ?? ''] !== undefined)), ...table };
}
