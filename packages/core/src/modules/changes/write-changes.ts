import { setImmediate as nextTurn } from 'node:timers/promises';
import { newId } from '../../foundation/ids.js';
import type { Transaction } from '../../storage/database.js';
import { insertAuditEvents } from './audit-store.js';
import type { ChangeAuthor } from './change-author.js';
import type { PlannedStep } from './planned-step.js';

/** As many are made without a pause: where statements answer at once, calls in flight would stand still otherwise. */
const stepsInTurn = 50;

/**
 * Makes the changes and remembers them. To be called in the transaction that locks or claims the configuration's revision.
 * @param at milliseconds since 1970
 */
export async function writeChanges(
  transaction: Transaction,
  steps: readonly PlannedStep[],
  { author, at }: { readonly author: ChangeAuthor; readonly at: number },
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    await step.run(transaction);
    if (index % stepsInTurn === stepsInTurn - 1) await nextTurn();
  }
  const events = steps.map(({ change }) => ({ ...change, id: newId(), at, author }));
  await insertAuditEvents(transaction, events);
}
