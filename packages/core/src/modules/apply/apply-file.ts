import type { z } from 'zod';
import { knownFields, knownText } from '../../foundation/known-fields.js';
import { schemaProblems } from '../../foundation/schema-problems.js';
import { duplicateProblems } from './apply-duplicates.js';
import { type ApplyDocument, applyJsonSchema, applySchema } from './apply-schema.js';
import { ApplySource, type ProblemAt } from './apply-source.js';
import { environmentWords, type VariableValues } from './apply-variables.js';

/** An apply file that is right in itself; whether it fits the database and the plugins is seen when it is planned. */
export interface ApplyFile {
  readonly document: ApplyDocument;
  readonly source: ApplySource;
  /** The sections that stand in it, also where they are empty. */
  readonly sections: ReadonlySet<string>;
}

/**
 * Reads an apply file, YAML or JSON, and fills in the variables.
 * @throws ApplyFileError listing everything that is wrong, each by path and line.
 */
export function parseApplyFile(text: string, filename: string, values: VariableValues, words = environmentWords): ApplyFile {
  const source = new ApplySource(text, filename);
  const endless = source.endlessAliases();
  if (endless.length > 0) throw source.refuse(endless);
  const missing = [...source.forbiddenKeys(), ...source.substitute(values, words), ...source.unfitTexts()];
  const value = source.value();
  if (value === null || value === undefined) throw source.refuse([{ path: [], message: 'The file is empty.' }]);
  const parsed = applySchema.safeParse(value);
  // A variable that is not set would be reported again, as an empty text that does not fit.
  const places = new Set(missing.map(placeOf));
  const unfit = (parsed.error?.issues ?? []).flatMap(problemsOf).filter((problem) => !places.has(placeOf(problem)));
  const problems = [...missing, ...unfit];
  if (parsed.data === undefined || problems.length > 0) throw source.refuse(problems);
  const duplicates = duplicateProblems(parsed.data, source);
  if (duplicates.length > 0) throw source.refuse(duplicates);
  return { document: parsed.data, source, sections: new Set(Object.keys(value)) };
}

function problemsOf(issue: z.core.$ZodIssue): readonly ProblemAt[] {
  return schemaProblems(issue).flatMap(({ path, message, unknownFields }): readonly ProblemAt[] => {
    if (unknownFields === undefined) return [{ path, message }];
    const known = knownText(knownFields(applyJsonSchema(), path));
    return unknownFields.map((field) => ({ path: [...path, field], message: `${message} ${known}` }));
  });
}

function placeOf({ path }: ProblemAt): string {
  return path.join('.');
}
