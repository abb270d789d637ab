export const modelMatches = ['exact', 'prefix', 'suffix', 'contains'] as const;

/** Which names a model's own name means. */
export type ModelMatch = (typeof modelMatches)[number];

/** Stars at its ends make a name a pattern: `gpt-4o*`, `*-mini`, `*gpt*`. */
export const modelNamePattern = /^(\*?[^*]+\*?|\*)$/;

/** How a name matches, and by which text: the name without its stars. */
export function matchOf(name: string): { readonly match: ModelMatch; readonly text: string } {
  const begins = name.startsWith('*');
  const ends = name.endsWith('*');
  if (begins && ends) return { match: 'contains', text: name.slice(1, -1) };
  if (ends) return { match: 'prefix', text: name.slice(0, -1) };
  return begins ? { match: 'suffix', text: name.slice(1) } : { match: 'exact', text: name };
}

const matchers: Readonly<Record<ModelMatch, (name: string, text: string) => boolean>> = {
  exact: (name, text) => name === text,
  prefix: (name, text) => name.startsWith(text),
  suffix: (name, text) => name.endsWith(text),
  contains: (name, text) => name.includes(text),
};

export function isMatch(pattern: string, name: string): boolean {
  const { match, text } = matchOf(pattern);
  return matchers[match](name, text);
}

/** The one that says more about a name first: exact, then by prefix, suffix and any part of it, longer texts before shorter ones. */
export function byPrecedence(one: string, other: string): number {
  const [first, second] = [matchOf(one), matchOf(other)];
  return (
    modelMatches.indexOf(first.match) - modelMatches.indexOf(second.match) ||
    second.text.length - first.text.length ||
    (one < other ? -1 : 1)
  );
}
