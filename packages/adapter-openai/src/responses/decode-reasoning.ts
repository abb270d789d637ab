import type { JsonObject, ThinkingBlock } from '@tollgate/plugin-kit';
import { isObject, requireArray } from '../request-fields.js';
import { readSeal } from './seals.js';

/** Between the parts of a summary. */
export const partBreak = '\n\n';

/**
 * A reasoning item as a block: the reasoning itself where a server shows it, else its summary. Undefined if the item says nothing. A summary
 * that is there and empty is not redacted: its vendor was asked not to show it.
 * @throws BadRequestError if a list of texts is none.
 */
export function decodeReasoning(item: JsonObject, field: string): ThinkingBlock | undefined {
  const text = texts(item['content'], `${field}.content`) || texts(item['summary'], `${field}.summary`);
  const seal = readSeal(item['encrypted_content']);
  if (text === '' && seal === undefined) return undefined;
  return {
    type: 'thinking',
    text,
    ...(text === '' && !hasSummary(item) ? { redacted: true as const } : {}),
    ...(seal === undefined ? {} : { seal }),
  };
}

function hasSummary({ summary }: JsonObject): boolean {
  return Array.isArray(summary) && summary.length > 0;
}

function texts(parts: unknown, field: string): string {
  if (parts === undefined || parts === null) return '';
  return requireArray(parts, field)
    .map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .filter((text) => text !== '')
    .join(partBreak);
}
