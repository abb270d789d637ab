import { type Group, groupOf, insertGroup, updateGroup } from '../groups/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import type { Facts } from './facts.js';
import { type PlannedStep, stepsFor } from './plan-step.js';

export function planGroups(document: ApplyDocument, state: ApplyState, { clock }: ApplyContext): readonly PlannedStep[] {
  return Object.entries(document.groups).flatMap(([name, entry]) => {
    const known = state.groups.get(name);
    const group = groupOf(name, entry, known, clock);
    return stepsFor({ kind: 'group', name, before: known && factsOf(known), after: factsOf(group) }, (transaction) =>
      known === undefined ? insertGroup(transaction, group) : updateGroup(transaction, group),
    );
  });
}

function factsOf({ description, ratio, ratiosByUserGroup, usableBy }: Group): Facts {
  return { description, ratio, ratiosByUserGroup, usableBy: usableBy.length === 0 ? undefined : usableBy };
}
