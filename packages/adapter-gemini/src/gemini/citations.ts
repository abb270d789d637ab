import type { Citation, JsonObject } from '@tollgate/plugin-kit';
import { isJsonObject, type LenientCandidate } from './wire.js';

/** The sources that a candidate names, from quotations recited (`citationMetadata`) and from search (`groundingMetadata`). */
export function citationsOf(candidate: LenientCandidate): readonly Citation[] {
  const recited = listIn(candidate.citationMetadata, 'citationSources', 'citations');
  const found = listIn(candidate.groundingMetadata, 'groundingChunks');
  const supports = listIn(candidate.groundingMetadata, 'groundingSupports');
  const grounded = found.map((chunk, index) => ({ ...citationOfChunk(chunk), ...quoteOf(index, supports) }));
  return [...recited.map((source) => citationOf(source['uri'], source['title'])), ...grounded].filter(
    (citation) => citation.url !== undefined,
  );
}

/** What of the answer rests on a chunk, the first of such passages. */
function quoteOf(chunk: number, supports: readonly JsonObject[]): { readonly quote?: string } {
  const support = supports.find(({ groundingChunkIndices: indices }) => Array.isArray(indices) && indices.includes(chunk));
  const segment = support?.['segment'];
  return isJsonObject(segment) && typeof segment['text'] === 'string' && segment['text'] !== '' ? { quote: segment['text'] } : {};
}

/** What was searched for. */
export function queriesOf(candidate: LenientCandidate): readonly string[] {
  const metadata = candidate.groundingMetadata;
  const queries = isJsonObject(metadata) ? metadata['webSearchQueries'] : undefined;
  return Array.isArray(queries) ? queries.filter((query) => typeof query === 'string') : [];
}

function citationOfChunk(chunk: JsonObject): Citation {
  const source = chunk['web'] ?? chunk['retrievedContext'] ?? chunk['maps'];
  return isJsonObject(source) ? citationOf(source['uri'], source['title']) : {};
}

function citationOf(url: unknown, title: unknown): Citation {
  return {
    ...(typeof url === 'string' && url !== '' ? { url } : {}),
    ...(typeof title === 'string' && title !== '' ? { title } : {}),
  };
}

function listIn(holder: unknown, ...names: readonly string[]): readonly JsonObject[] {
  if (!isJsonObject(holder)) return [];
  return names.flatMap((name) => (Array.isArray(holder[name]) ? (holder[name] as unknown[]).filter(isJsonObject) : []));
}

/** Citations and searches as `groundingMetadata`, or undefined if nothing was searched and no citation names an address. */
export function groundingOf(citations: readonly Citation[], queries: readonly string[]): JsonObject | undefined {
  const linked = citations.filter((citation) => citation.url !== undefined);
  const webSearchQueries = queries.length === 0 ? {} : { webSearchQueries: queries };
  if (linked.length === 0) return queries.length === 0 ? undefined : webSearchQueries;
  const groundingChunks = linked.map(({ url, title }) => ({ web: { uri: url, ...(title === undefined ? {} : { title }) } }));
  const groundingSupports = linked.flatMap(({ quote }, index) =>
    quote === undefined ? [] : [{ segment: { text: quote }, groundingChunkIndices: [index] }],
  );
  return { ...webSearchQueries, groundingChunks, ...(groundingSupports.length === 0 ? {} : { groundingSupports }) };
}
