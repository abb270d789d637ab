import type { PlannedStep } from '../changes/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyFile } from './apply-file.js';
import { referenceProblems } from './apply-references.js';
import { readApplyState } from './apply-state.js';
import { withGroupSettings } from './group-settings.js';
import { noteUnknownNames } from './note-unknown-names.js';
import { planChannels } from './plan-channels.js';
import { planGroups } from './plan-groups.js';
import { planModels, planVendors } from './plan-models.js';
import { planPrune } from './plan-prune.js';
import { planSettings } from './plan-settings.js';
import { type NewTokenKey, planTokens } from './plan-tokens.js';
import { planUsers } from './plan-users.js';

/** Everything that would change, in the order in which it is done. */
export interface ApplyPlan {
  /** The revision that it was made from; it holds for no other. */
  readonly revision: number;
  readonly steps: readonly PlannedStep[];
  readonly notes: readonly string[];
  readonly newKeys: readonly NewTokenKey[];
}

/**
 * Compares the file with the database. Passwords are hashed here, before any transaction that writes.
 * @throws ApplyFileError if the file does not fit the database or the plugins; StorageUnavailableError
 */
export async function planApply(context: ApplyContext, file: ApplyFile, options: { readonly prune: boolean }): Promise<ApplyPlan> {
  const state = await context.database.snapshot((transaction) => readApplyState(transaction, context));
  const problems = referenceProblems(file.document, state, context);
  if (problems.length > 0) throw file.source.refuse(problems);
  const document = withGroupSettings(file.document, state);
  const users = await planUsers(document, state, context);
  const tokens = planTokens(document, users.ids, state, context);
  return {
    revision: state.revision,
    steps: [
      ...planGroups(document, state, context),
      ...planVendors(document, state, context),
      ...planModels(document, state, context),
      ...users.steps,
      ...tokens.steps,
      ...planChannels(document, state, context),
      ...planSettings(document, state, context),
      ...(options.prune ? planPrune(document, state, file.sections) : []),
    ],
    notes: [...users.notes, ...noteUnknownNames(document, state)],
    newKeys: tokens.newKeys,
  };
}
