import { type Millipoints, pointsText } from '../../foundation/millipoints.js';
import type { Facts } from '../changes/index.js';
import type { SpendCaps } from '../spending/index.js';

interface CapsEntry {
  readonly day?: Millipoints | undefined;
  readonly month?: Millipoints | undefined;
}

/** Caps as users and tokens have them: no caps at all are no field. */
export function spendCapsOf(entry: CapsEntry | undefined): { readonly spendCaps?: SpendCaps } {
  if (entry?.day === undefined && entry?.month === undefined) return {};
  const { day, month } = entry;
  return { spendCaps: { ...(day === undefined ? {} : { day }), ...(month === undefined ? {} : { month }) } };
}

export function spendCapFacts(caps: SpendCaps | undefined): Facts {
  return {
    'spendCaps.day': caps?.day === undefined ? undefined : pointsText(caps.day),
    'spendCaps.month': caps?.month === undefined ? undefined : pointsText(caps.month),
  };
}
