/** What answers are made of that is priced apart. */
export const outputKinds = ['text', 'audio', 'image'] as const;
export type OutputKind = (typeof outputKinds)[number];

/** The kinds that a list such as `modalities` names, in whatever case; undefined if it is no list, or names none of them. */
export function outputKindsIn(modalities: unknown): readonly OutputKind[] | undefined {
  if (!Array.isArray(modalities)) return undefined;
  const named = modalities.map((modality) => String(modality).toLowerCase());
  const kinds = outputKinds.filter((kind) => named.includes(kind));
  return kinds.length === 0 ? undefined : kinds;
}
