import type { JsonObject } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { addFilesOf, References } from '../resources/kinds.js';

/** Everything that a request names which the vendor keeps, but for prompts: those are written at the vendor's own site. */
export function referencesOf(body: JsonObject): References {
  const references = new References();
  references.add('response', body['previous_response_id'], 'previous_response_id');
  const { conversation } = body;
  if (isObject(conversation)) references.add('conversation', conversation['id'], 'conversation.id');
  else references.add('conversation', conversation, 'conversation');
  addItems(body['input'], 'input', references);
  addToolFiles(body['tools'], references);
  return references;
}

/** What items name: other items, and files in their content or in the results of tools. */
export function addItems(items: unknown, field: string, references: References): void {
  if (!Array.isArray(items)) return;
  items.forEach((item: unknown, index) => {
    if (!isObject(item)) return;
    const at = `${field}.${index}`;
    if (isItemReference(item)) references.add('item', item['id'], `${at}.id`);
    addFilesOf(item['content'], `${at}.content`, references);
    addFilesOf(item['output'], `${at}.output`, references);
  });
}

/** The type may be left out: then it is the one kind of item that has an id and nothing to say. */
function isItemReference(item: JsonObject): boolean {
  return item['type'] === 'item_reference' || ((item['type'] ?? undefined) === undefined && item['role'] === undefined);
}

function addToolFiles(tools: unknown, references: References): void {
  if (!Array.isArray(tools)) return;
  tools.forEach((tool: unknown, index) => {
    const container = isObject(tool) ? tool['container'] : undefined;
    if (!isObject(container) || !Array.isArray(container['file_ids'])) return;
    container['file_ids'].forEach((id: unknown, place) =>
      references.add('file', id, `tools.${index}.container.file_ids.${place}`, { unread: true }),
    );
  });
}
