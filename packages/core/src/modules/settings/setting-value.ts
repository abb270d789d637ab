import { jsonSchemaOf } from '@tollgate/plugin-kit';
import type { z } from 'zod';
import { knownFields, knownText } from '../../foundation/known-fields.js';
import { schemaProblems } from '../../foundation/schema-problems.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { SettingsDefinition } from './settings-definition.js';
import { InvalidSettingError, storedSettingProblem, UnknownSettingError } from './settings-errors.js';

/**
 * A value as an operator gave it → JSON text for the database, sealed if the field is secret.
 * @throws UnknownSettingError, InvalidSettingError
 */
export function sealSetting(definition: SettingsDefinition, key: string, value: unknown, secretBox: SecretBox): string {
  const name = `${definition.section}.${key}`;
  const checked = checkSetting(definition, key, value);
  return JSON.stringify(definition.secrets.has(key) ? secretBox.seal(JSON.stringify(checked), `setting ${name}`) : checked);
}

/**
 * A value as an operator gave it → the value in force.
 * @throws UnknownSettingError, InvalidSettingError
 */
export function checkSetting(definition: SettingsDefinition, key: string, value: unknown): unknown {
  const name = `${definition.section}.${key}`;
  if (!Object.hasOwn(definition.schema.shape, key)) throw new UnknownSettingError(name, Object.keys(definition.schema.shape));
  const schema = definition.schema.shape[key] as z.ZodType;
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidSettingError(name, problemOf(schema, parsed.error));
  return parsed.data;
}

/** The reverse of {@link sealSetting}. @throws ConfigurationError naming the setting */
export function openSetting(definition: SettingsDefinition, key: string, text: string, secretBox: SecretBox): unknown {
  const name = `${definition.section}.${key}`;
  const stored = parseJson(name, text);
  const plain = definition.secrets.has(key) ? parseJson(name, secretBox.open(String(stored), `setting ${name}`)) : stored;
  const schema = definition.schema.shape[key] as z.ZodType;
  const parsed = schema.safeParse(plain);
  if (!parsed.success) throw storedSettingProblem(name, problemOf(schema, parsed.error));
  return parsed.data;
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw storedSettingProblem(name, 'it is not JSON.');
  }
}

function problemOf(schema: z.ZodType, error: z.ZodError): string {
  return error.issues
    .flatMap(schemaProblems)
    .flatMap(({ path, message, unknownFields = [undefined] }) =>
      unknownFields.map((field) => {
        if (field === undefined) return [...path, sentence(message)].join(': ');
        return [...path, field, `${message} ${knownText(knownFields(jsonSchemaOf(schema), path))}`].join(': ');
      }),
    )
    .join(' ');
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
