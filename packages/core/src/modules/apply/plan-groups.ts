import { newId } from '../../foundation/ids.js';
import { type Group, insertGroup, updateGroup } from '../groups/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import type { Facts } from './facts.js';
import { type PlannedStep, stepsFor } from './plan-step.js';

export function planGroups(document: ApplyDocument, state: ApplyState, { clock }: ApplyContext): readonly PlannedStep[] {
  return Object.entries(document.groups).flatMap(([name, { ratio, ratiosByUserGroup }]) => {
    const known = state.groups.get(name);
    const group: Group = {
      id: known?.id ?? newId(),
      name,
      createdAt: known?.createdAt ?? clock.now(),
      ...(ratio === undefined ? {} : { ratio }),
      ...(ratiosByUserGroup === undefined ? {} : { ratiosByUserGroup }),
    };
    return stepsFor({ kind: 'group', name, before: known && factsOf(known), after: factsOf(group) }, (transaction) =>
      known === undefined ? insertGroup(transaction, group) : updateGroup(transaction, group),
    );
  });
}

function factsOf({ ratio, ratiosByUserGroup }: Group): Facts {
  return { ratio, ratiosByUserGroup };
}
