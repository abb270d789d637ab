import { deepStrictEqual } from 'node:assert/strict';

/** @throws Error with the message unless the condition holds. */
export function insist(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The value as JSON carries it: without undefined members and class instances. */
export function asJson(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

export function isSameJson(left: unknown, right: unknown): boolean {
  try {
    deepStrictEqual(asJson(left), asJson(right));
    return true;
  } catch {
    return false;
  }
}

/** @throws Error that shows both, unless they are the same JSON. */
export function insistSame(actual: unknown, expected: unknown, what: string): void {
  if (isSameJson(actual, expected)) return;
  throw new Error(`${what}\n  is:      ${shown(actual)}\n  expected: ${shown(expected)}`);
}

const shownLengthMax = 600;

/** A value in one line, cut where it gets long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax)}…` : text;
}

/**
 * The first member of `expected` that `actual` does not have, as a path; undefined if all are there. Lists must have the same length,
 * objects may have more.
 */
export function firstDifference(actual: unknown, expected: unknown, path = ''): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return path;
    return firstOf(expected.map((member: unknown, index) => () => firstDifference(actual[index], member, `${path}[${index}]`)));
  }
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected) ? undefined : path;
  if (typeof actual !== 'object' || actual === null) return path;
  const members = Object.entries(expected).map(
    ([name, member]) =>
      () =>
        firstDifference((actual as Record<string, unknown>)[name], member, path === '' ? name : `${path}.${name}`),
  );
  return firstOf(members);
}

function firstOf(attempts: readonly (() => string | undefined)[]): string | undefined {
  for (const attempt of attempts) {
    const found = attempt();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every text in a JSON value, object keys included. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(textsIn)];
}

/** True if a text of the value contains `mark`, or holds JSON whose texts do. */
export function holdsText(value: unknown, mark: string): boolean {
  return textsIn(value).some((text) => text.includes(mark));
}
