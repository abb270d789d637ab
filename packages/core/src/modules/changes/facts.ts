import { isDeepStrictEqual } from 'node:util';

/** What people compare of a thing: field → value. A field that is undefined or missing is not set. */
export type Facts = Readonly<Record<string, unknown>>;

/** A changed field, in words. */
export interface FieldChange {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
}

/** A value that is compared but never shown. */
export class SecretFact {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  equals(other: unknown): boolean {
    return other instanceof SecretFact && isDeepStrictEqual(this.#value, other.#value);
  }
}

export function changedFields(before: Facts, after: Facts): readonly FieldChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((field) => {
    const [from, to] = [before[field], after[field]];
    return isSame(from, to) ? [] : [changeOf(field, from, to)];
  });
}

function isSame(from: unknown, to: unknown): boolean {
  return from instanceof SecretFact ? from.equals(to) : isDeepStrictEqual(from, to);
}

function changeOf(field: string, from: unknown, to: unknown): FieldChange {
  // Also when only one side is secret: the adapter may have marked the field in between.
  if (from instanceof SecretFact || to instanceof SecretFact) return { field, to: hiddenChange(from, to) };
  return { field, ...(from === undefined ? {} : { from: textOf(from) }), ...(to === undefined ? {} : { to: textOf(to) }) };
}

function hiddenChange(from: unknown, to: unknown): string {
  if (from === undefined) return '(set)';
  return to === undefined ? '(removed)' : '(changed)';
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return `[${value.join(', ')}]`;
  return JSON.stringify(value);
}
