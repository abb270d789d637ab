import type { z } from 'zod';

/** What a vendor would refuse a request for. */
export class Complaint extends Error {}

/** @throws Complaint */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Complaint(message);
}

/** Reads a body by a schema that knows every field of the vendor's; others are refused as the vendor does. @throws Complaint */
export function readStrictly<S extends z.ZodType>(schema: S, body: Buffer): z.output<S> {
  const parsed = schema.safeParse(parseJson(body.toString('utf8'), 'The body'));
  if (parsed.success) return parsed.data;
  throw new Complaint(parsed.error.issues.flatMap((issue) => describe(issue, [])).join('; '));
}

/** @throws Complaint */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Complaint(`${what} is no JSON: ${text.slice(0, 200)}`);
  }
}

/** Of a union's alternatives the one that came closest tells most. */
function describe(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): readonly string[] {
  const place = [...path, ...issue.path];
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const [closest = []] = issue.errors.toSorted((one, other) => depthOf(other) - depthOf(one));
    return closest.flatMap((inner) => describe(inner, place));
  }
  return [`${place.join('.')}: ${issue.message}`];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length));
}
