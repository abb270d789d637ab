import { checkSetting } from '../settings/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import { SecretFact } from './facts.js';
import { type PlannedStep, stepsFor } from './plan-step.js';

export function planSettings(document: ApplyDocument, state: ApplyState, { settings }: ApplyContext): readonly PlannedStep[] {
  return Object.entries(document.settings).flatMap(([section, fields]) => {
    const definition = settings.definition(section);
    const stored = state.settings.get(section) ?? {};
    return Object.entries(fields).flatMap(([field, given]) => {
      const shown = (value: unknown) => (definition.secrets.has(field) && value !== undefined ? new SecretFact(value) : value);
      const before = { [field]: shown(stored[field]) };
      const after = { [field]: shown(checkSetting(definition, field, given)) };
      return stepsFor({ kind: 'setting', name: section, before, after }, (transaction) =>
        settings.set(transaction, section, { [field]: given }),
      );
    });
  });
}
