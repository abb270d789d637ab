import { newId } from '../../foundation/ids.js';
import type { PlannedStep } from '../changes/index.js';
import { type Group, groupSteps } from '../groups/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

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
    return groupSteps(known, group);
  });
}
