import type { Loss } from '../canonical.js';
import type { CodecContext } from '../dialect.js';

/** A context whose ids count up and whose clock stands still; it keeps the losses that it is told. */
export interface TrialContext extends CodecContext {
  readonly losses: readonly Loss[];
}

/** No rule of a family of models applies to a name that nobody knows. */
export const trialModel = 'some-model';

export function trialContext(): TrialContext {
  const losses: Loss[] = [];
  let ids = 0;
  return {
    losses,
    lose: (loss) => void losses.push(loss),
    newId: (prefix) => `${prefix}${(ids += 1)}`,
    now: () => 1_764_000_000_500,
    model: { id: trialModel },
  };
}
