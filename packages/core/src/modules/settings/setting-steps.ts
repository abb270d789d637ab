import type { z } from 'zod';
import { type PlannedStep, SecretFact, stepsFor } from '../changes/index.js';
import { checkSetting } from './setting-value.js';
import type { Settings } from './settings.js';

/**
 * What has to happen so that the fields of a section are as given, field by field. Null, where it is no value of the field, brings back its
 * default.
 * @param stored the section as it is stored
 * @throws UnknownSettingError, InvalidSettingError
 */
export function settingSteps(
  settings: Settings,
  section: string,
  stored: Readonly<Record<string, unknown>>,
  given: Readonly<Record<string, unknown>>,
): readonly PlannedStep[] {
  const definition = settings.definition(section);
  const shape = definition.schema.shape as Readonly<Record<string, z.ZodType>>;
  return Object.entries(given).flatMap(([field, value]) => {
    const isReset = value === null && Object.hasOwn(shape, field) && shape[field]?.safeParse(null).success === false;
    const checked = isReset ? undefined : checkSetting(definition, field, value);
    const shown = (known: unknown) => (definition.secrets.has(field) && known !== undefined ? new SecretFact(known) : known);
    const facts = { before: { [field]: shown(stored[field]) }, after: { [field]: shown(checked) } };
    return stepsFor({ kind: 'setting', name: section, ...facts }, (transaction) =>
      isReset ? settings.reset(transaction, section, field) : settings.set(transaction, section, { [field]: value }),
    );
  });
}
