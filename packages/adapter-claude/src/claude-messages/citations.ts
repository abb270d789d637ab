import { type Citation, unsealed } from '@tollgate/plugin-kit';
import { isObject, objectsIn } from './wire.js';

/** The vendor has five kinds of citation; what they share is the quoted text, a title and, for the web, an address. */
export function decodeCitation(wire: unknown): Citation | undefined {
  if (!isObject(wire)) return undefined;
  const url = wire.url ?? wire.source;
  const title = wire.title ?? wire.document_title;
  return {
    ...(typeof url === 'string' ? { url } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof wire.cited_text === 'string' ? { quote: wire.cited_text } : {}),
  };
}

export function decodeCitations(wire: unknown): readonly Citation[] {
  return objectsIn(wire)
    .map(decodeCitation)
    .filter((citation) => citation !== undefined);
}

/** Other vendors state no places inside documents, so those are zero; the token that Claude's own search would add says whose they are. */
export function encodeCitation(citation: Citation): object {
  const quote = citation.quote ?? '';
  const title = citation.title ?? null;
  return citation.url === undefined
    ? {
        type: 'char_location',
        cited_text: quote,
        document_index: 0,
        document_title: title,
        start_char_index: 0,
        end_char_index: quote.length,
      }
    : { type: 'web_search_result_location', cited_text: quote, url: citation.url, title, encrypted_index: unsealed };
}
