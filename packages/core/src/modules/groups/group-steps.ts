import { type Facts, type PlannedStep, stepsFor } from '../changes/index.js';
import type { Group } from './group.js';
import { insertGroup, updateGroup } from './group-store.js';

/** What has to happen so that there is this group. */
export function groupSteps(known: Group | undefined, group: Group): readonly PlannedStep[] {
  const before = known && factsOf(known);
  return stepsFor({ kind: 'group', name: group.name, before, after: factsOf(group) }, (transaction) =>
    known === undefined ? insertGroup(transaction, group) : updateGroup(transaction, group),
  );
}

function factsOf({ description, ratio, ratiosByUserGroup, usableBy }: Group): Facts {
  return { description, ratio, ratiosByUserGroup, usableBy: usableBy.length === 0 ? undefined : usableBy };
}
