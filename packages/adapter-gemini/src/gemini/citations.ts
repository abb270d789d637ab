import type { Citation, JsonObject } from '@tollgate/plugin-kit';
import { isJsonObject, type LenientCandidate } from './wire.js';

/** The sources that a candidate names, from quotations recited (`citationMetadata`) and from search (`groundingMetadata`). */
export function citationsOf(candidate: LenientCandidate): readonly Citation[] {
  const recited = listIn(candidate.citationMetadata, 'citationSources', 'citations');
  const found = listIn(candidate.groundingMetadata, 'groundingChunks');
  return [...recited.map((source) => citationOf(source['uri'], source['title'])), ...found.map(citationOfChunk)].filter(
    (citation) => citation.url !== undefined,
  );
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

/** Citations as `groundingMetadata`, or undefined if none names an address. */
export function groundingOf(citations: readonly Citation[]): JsonObject | undefined {
  const linked = citations.filter((citation) => citation.url !== undefined);
  if (linked.length === 0) return undefined;
  const groundingChunks = linked.map(({ url, title }) => ({ web: { uri: url, ...(title === undefined ? {} : { title }) } }));
  const groundingSupports = linked.flatMap(({ quote }, index) =>
    quote === undefined ? [] : [{ segment: { text: quote }, groundingChunkIndices: [index] }],
  );
  return groundingSupports.length === 0 ? { groundingChunks } : { groundingChunks, groundingSupports };
}
