import type { JsonObject } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';
import { addFilesOf, References } from '../resources/kinds.js';

/** The uploaded files that messages name. */
export function referencesOf(body: JsonObject): References {
  const references = new References();
  const { messages } = body;
  if (!Array.isArray(messages)) return references;
  messages.forEach((message: unknown, index) => {
    if (isObject(message)) addFilesOf(message['content'], `messages.${index}.content`, references);
  });
  return references;
}
