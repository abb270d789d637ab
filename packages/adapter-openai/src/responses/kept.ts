import { inputTokens, type KeptReader, type KeptResource, emptyUsage, outputTokens } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { keptById } from '../resources/kinds.js';
import { readResponsesTokens } from './usage.js';

/** An answer that the vendor stores, and its items, each of which a later request may name by its id. */
export const responsesKept: KeptReader = {
  needles: ['response.created', 'response.output_item.done', 'response.completed', 'response.incomplete'],
  read: readKept,
};

const eventsWithAnswer: ReadonlySet<unknown> = new Set(['response.created', 'response.completed', 'response.incomplete']);

/** Reads a whole answer, or the event that begins or ends one, or ends an item. */
function readKept(json: unknown): readonly KeptResource[] {
  if (!isObject(json)) return [];
  const event = json['type'];
  if (event === 'response.output_item.done') return keptItem(json['item']);
  if (typeof event === 'string' && !eventsWithAnswer.has(event)) return [];
  const answer = event === undefined ? json : json['response'];
  if (!isObject(answer)) return [];
  const items: readonly unknown[] = Array.isArray(answer['output']) ? answer['output'] : [];
  const tokens = tokensOf(answer);
  return [
    ...keptById('response', answer, tokens),
    // What it was asked with and what it answered are in the conversation from now on.
    ...(tokens.tokens === undefined ? [] : keptById('conversation', answer['conversation'], { expiresAt: null, ...tokens })),
    ...(event === undefined ? items.flatMap(keptItem) : []),
  ];
}

/** Whoever goes on from an answer brings all of its input and output. */
function tokensOf(answer: unknown): Pick<KeptResource, 'tokens'> {
  const usage = emptyUsage();
  readResponsesTokens(answer, usage);
  const tokens = inputTokens(usage) + outputTokens(usage);
  return tokens === 0 ? {} : { tokens };
}

function keptItem(item: unknown): readonly KeptResource[] {
  return keptById('item', item, { content: item });
}
