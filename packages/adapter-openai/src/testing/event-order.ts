import type { Frame, JsonObject } from '@tollgate/plugin-kit';

interface SeenItem {
  readonly id: unknown;
  isDone: boolean;
  readonly openParts: Set<unknown>;
}

/**
 * What a client may rely on in a stream of events: numbers without gaps, frames named like their events; `created` and `in_progress` first;
 * items that are announced at the next place, spoken of by place and id, and done once; parts that are added before they grow; and one last
 * event whose answer holds exactly the items that were done. Or an error at any place, the failed answer, and nothing after.
 * @throws Error naming the frame that breaks it.
 */
export function checkEventOrder(frames: readonly Frame[]): void {
  const items: SeenItem[] = [];
  const doneItems: unknown[] = [];
  let ended = false;
  let failing = false;
  for (const [position, { data, event: name }] of frames.entries()) {
    const event = JSON.parse(data) as JsonObject;
    const { type } = event;
    const insist = (holds: boolean, rule: string): void => {
      if (!holds) throw new Error(`Frame ${position}: ${rule}. It is ${data}`);
    };
    insist(event['sequence_number'] === position, 'events are numbered without gaps');
    insist(type === name, 'the frame is named like its event');
    insist(!ended, 'nothing follows the end');
    insist(!failing || type === 'response.failed', 'only the failed answer follows an error');
    if (type === 'error') failing = true;
    else if (type === 'response.failed') {
      insist(failing, 'an answer fails by an error');
      ended = true;
    } else if (type === 'response.completed' || type === 'response.incomplete') {
      insist(
        items.every(({ isDone }) => isDone),
        'all items are done',
      );
      const { output } = event['response'] as { output: unknown[] };
      insist(JSON.stringify(output) === JSON.stringify(doneItems), `the answer holds what was done, ${JSON.stringify(doneItems)}`);
      ended = true;
    } else if (position < 2) insist(type === ['response.created', 'response.in_progress'][position], 'the answer begins first');
    else checkItemEvent(event, items, doneItems, insist);
  }
  if (!ended) throw new Error('The stream stops without an end.');
}

function checkItemEvent(event: JsonObject, items: SeenItem[], doneItems: unknown[], insist: (holds: boolean, rule: string) => void): void {
  const type = String(event['type']);
  const place = Number(event['output_index']);
  const item = event['item'] as { readonly id?: unknown } | undefined;
  if (type === 'response.output_item.added') {
    insist(place === items.length, 'items are announced one place after the other');
    items.push({ id: item?.id, isDone: false, openParts: new Set() });
    return;
  }
  const seen = items[place];
  insist(seen !== undefined && !seen.isDone, 'the item is announced and not done');
  if (seen === undefined) return;
  insist((item?.id ?? event['item_id']) === seen.id, `the item is called ${String(seen.id)}`);
  if (type === 'response.output_item.done') {
    insist(seen.openParts.size === 0, 'all parts of the item are done');
    seen.isDone = true;
    doneItems[place] = item;
    return;
  }
  const part = event['content_index'] ?? event['summary_index'];
  if (part === undefined) return;
  if (type.endsWith('part.added')) seen.openParts.add(part);
  else insist(seen.openParts.has(part), 'the part was added and is not done');
  if (type.endsWith('part.done')) seen.openParts.delete(part);
}
