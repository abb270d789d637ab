const totalName = /^total_?tokens?(_?count)?$/i;

/** The last total of all tokens that any of the documents states, wherever in it: `total_tokens`, `totalTokenCount`, … */
export function statedTotal(documents: readonly unknown[]): number | undefined {
  return documents.flatMap(totalsIn).at(-1);
}

function totalsIn(value: unknown): readonly number[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(totalsIn);
  return Object.entries(value).flatMap(([name, member]) =>
    totalName.test(name) && typeof member === 'number' ? [member] : totalsIn(member),
  );
}
