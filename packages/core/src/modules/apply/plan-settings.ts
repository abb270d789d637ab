import type { PlannedStep } from '../changes/index.js';
import { settingSteps } from '../settings/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';

export function planSettings(document: ApplyDocument, state: ApplyState, { settings }: ApplyContext): readonly PlannedStep[] {
  return Object.entries(document.settings).flatMap(([section, fields]) =>
    settingSteps(settings, section, state.settings.get(section) ?? {}, fields),
  );
}
