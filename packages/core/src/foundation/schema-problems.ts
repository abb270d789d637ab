import type { z } from 'zod';

/** What is wrong with a value, and where in it. */
export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Fields that the object at the path does not have; the message then says nothing of them. */
  readonly unknownFields?: readonly string[];
}

/**
 * The problems of an issue in words for people. Of alternatives, such as a number or an object, the one that the value is of the kind of is
 * followed; keys that do not fit are told in the sentence of their own schema.
 */
export function schemaProblems(issue: z.core.$ZodIssue): readonly SchemaProblem[] {
  if (issue.code === 'unrecognized_keys') return [{ path: issue.path, message: 'There is no such field.', unknownFields: issue.keys }];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.filter((issues) => !issues.some(isOfAnotherKind));
    if (meant.length === 1 && meant[0] !== undefined)
      return meant[0].flatMap(schemaProblems).map((problem) => ({ ...problem, path: [...issue.path, ...problem.path] }));
  }
  if (issue.code === 'invalid_key') return [{ path: issue.path, message: issue.issues[0]?.message ?? issue.message }];
  return [{ path: issue.path, message: missingOr(issue.message) }];
}

/** True if the value as a whole is nothing that the alternative could be. */
function isOfAnotherKind({ code, path, ...issue }: z.core.$ZodIssue): boolean {
  if (path.length > 0) return false;
  if (code === 'invalid_union') return (issue as z.core.$ZodIssueInvalidUnion).errors.every((issues) => issues.some(isOfAnotherKind));
  return code === 'invalid_type';
}

function missingOr(message: string): string {
  const [, expected] = /^Invalid input: expected (.+), received undefined$/.exec(message) ?? [];
  return expected === undefined ? message : `Is missing; expected ${expected}.`;
}
