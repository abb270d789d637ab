const credentialFields: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'x-api-key',
  'apiKey',
  'password',
  'secret',
  'token',
  'key',
]);
const hidden = '(hidden)';

/**
 * The facts of a log line without fields that may hold a credential, at the top, one level below, and in the headers one level below. A
 * net only: nobody may log them in the first place. So it looks at names alone, and copies only where it finds one.
 */
export function hideCredentials(facts: Record<string, unknown>): Record<string, unknown> {
  return hideBelow(facts, (value) => hideBelow(value, (inner, name) => (name === 'headers' ? hideBelow(inner) : inner)));
}

type Facts = Readonly<Record<string, unknown>>;

function hideBelow(facts: Facts, below?: (value: Facts, name: string) => Facts): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined;
  for (const name in facts) {
    const value = facts[name];
    const shown = shownValue(name, value, below);
    if (shown === value) continue;
    copy ??= { ...facts };
    copy[name] = shown;
  }
  return copy ?? facts;
}

/** Errors are left to the serializer that knows which of their fields are told. */
function shownValue(name: string, value: unknown, below: ((value: Facts, name: string) => Facts) | undefined): unknown {
  if (value !== undefined && credentialFields.has(name)) return hidden;
  const isNested = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error);
  return below !== undefined && isNested ? below(value as Facts, name) : value;
}
