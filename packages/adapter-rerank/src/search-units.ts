import type { RequestFacts } from '@tollgate/plugin-kit';

/** One query with so many documents is one unit (Cohere's pricing page, "Rerank"; https://cohere.com/pricing). */
const documentsPerUnit = 100;
/** Longer documents, with the query, are split, and each part counts as a document (same page). */
const tokensPerPart = 500;
/** A query never takes more than half of what the model reads at once (user guide, "Best Practices for using Rerank"). */
const tokensPerPartMin = 250;

/**
 * The search units of a request. No tokenizer makes more than one token of a byte, so that `atMost` holds whatever the texts are: for usual ones
 * it is about four times too much.
 */
export function searchUnitsOf(
  query: unknown,
  documents: readonly unknown[],
  tokensPerDocumentMax: unknown,
): NonNullable<RequestFacts['searchUnits']> {
  const documentMax =
    typeof tokensPerDocumentMax === 'number' && tokensPerDocumentMax > 0 ? tokensPerDocumentMax : Number.POSITIVE_INFINITY;
  const part = Math.max(tokensPerPartMin, tokensPerPart - bytesOf(query));
  const parts = documents.reduce<number>((sum, document) => sum + partsOf(Math.min(bytesOf(document), documentMax), part), 0);
  return { atLeast: Math.ceil(documents.length / documentsPerUnit), atMost: Math.ceil(parts / documentsPerUnit) };
}

function partsOf(tokens: number, part: number): number {
  return Math.max(1, Math.ceil(tokens / part));
}

/** More than a number, or the brackets around something, can be. */
const bytesOfOther = 32;

/** Of all texts in it, however deeply they are nested. */
function bytesOf(value: unknown): number {
  let bytes = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') bytes += Buffer.byteLength(next);
    else {
      bytes += bytesOfOther;
      if (typeof next === 'object' && next !== null) for (const pair of Object.entries(next)) waiting.push(...pair);
    }
  }
  return bytes;
}
