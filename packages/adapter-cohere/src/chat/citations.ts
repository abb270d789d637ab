import { type Citation, type JsonObject, objectIn, objectsIn } from '@tollgate/plugin-kit';

/** Which part of an answer a citation (API reference, `Citation`) is about. */
export type CitedPart = 'text' | 'plan' | 'thinking';

const parts: ReadonlyMap<unknown, CitedPart> = new Map<string, CitedPart>([
  ['PLAN', 'plan'],
  ['THINKING_CONTENT', 'thinking'],
]);

export function citedPart({ type }: JsonObject): CitedPart {
  return parts.get(type) ?? 'text';
}

/** A citation may have several sources: documents of the request, and what tools have answered. */
export function decodeCitation(wire: JsonObject): readonly Citation[] {
  return objectsIn(wire['sources']).map((source) => {
    const held = objectIn(source['document']) ?? objectIn(source['tool_output']) ?? {};
    const title = firstText(held['title'], source['id']);
    const url = firstText(held['url']);
    const quote = firstText(held['snippet'], held['text'], held['content']);
    return { ...(url === undefined ? {} : { url }), ...(title === undefined ? {} : { title }), ...(quote === undefined ? {} : { quote }) };
  });
}

function firstText(...values: readonly unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && value !== '');
}
