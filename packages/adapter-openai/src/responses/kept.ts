import type { KeptReader, KeptResource } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { keptById } from '../resources/kinds.js';

/** An answer that the vendor stores, and its items, each of which a later request may name by its id. */
export const responsesKept: KeptReader = { needles: ['response.created', 'response.output_item.done'], read: readKept };

/** Reads a whole answer, or the event that begins one or ends an item. */
function readKept(json: unknown): readonly KeptResource[] {
  if (!isObject(json)) return [];
  const event = json['type'];
  if (event === 'response.output_item.done') return keptById('item', json['item']);
  if (typeof event === 'string' && event !== 'response.created') return [];
  const answer = event === undefined ? json : json['response'];
  if (!isObject(answer)) return [];
  const items: readonly unknown[] = Array.isArray(answer['output']) ? answer['output'] : [];
  return [...keptById('response', answer), ...items.flatMap((item) => keptById('item', item))];
}
