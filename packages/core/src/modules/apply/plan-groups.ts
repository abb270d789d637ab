import type { PlannedStep } from '../changes/index.js';
import { groupOf, groupSteps } from '../groups/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

export function planGroups(document: ApplyDocument, state: ApplyState, { clock }: ApplyContext): readonly PlannedStep[] {
  return Object.entries(document.groups).flatMap(([name, entry]) => {
    const known = state.groups.get(name);
    return groupSteps(known, groupOf(name, entry, known, clock));
  });
}
