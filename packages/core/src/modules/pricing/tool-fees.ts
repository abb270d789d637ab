import { type ToolFee, toolFees } from '@tollgate/plugin-kit';
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
