import type { KeptResource, ResourceReference } from '@tollgate/plugin-kit';
import { isObject } from '../request-fields.js';

/** What the vendor keeps for later requests. */
export const resourceKinds = {
  response: 'openai.response',
  item: 'openai.item',
  conversation: 'openai.conversation',
  file: 'openai.file',
} as const;

type Kind = keyof typeof resourceKinds;

/** Collects what a request names; values that are no ids are the vendor's to refuse. */
export class References {
  readonly #found: ResourceReference[] = [];

  add(kind: Kind, id: unknown, field: string, more: Pick<ResourceReference, 'unread'> = {}): void {
    if (typeof id === 'string' && id !== '') this.#found.push({ kind: resourceKinds[kind], id, field, ...more });
  }

  /** As a part of the facts of a request, absent if nothing is named. */
  get facts(): { readonly refersTo?: readonly ResourceReference[] } {
    return this.#found.length === 0 ? {} : { refersTo: this.#found };
  }

  get all(): readonly ResourceReference[] {
    return this.#found;
  }
}

/** Uploaded files that the parts of a message name, in the way of either dialect. */
export function addFilesOf(content: unknown, field: string, references: References): void {
  if (!Array.isArray(content)) return;
  content.forEach((part: unknown, index) => {
    if (!isObject(part)) return;
    if (part['file_id'] !== undefined) references.add('file', part['file_id'], `${field}.${index}.file_id`);
    else if (isObject(part['file'])) references.add('file', part['file']['file_id'], `${field}.${index}.file.file_id`);
  });
}

/** The resource that a body is, by its `id`. */
export function keptById(kind: Kind, body: unknown, more: Omit<KeptResource, 'kind' | 'id'> = {}): readonly KeptResource[] {
  const id = isObject(body) ? body['id'] : undefined;
  if (typeof id !== 'string' || id === '') return [];
  return [{ kind: resourceKinds[kind], id, ...more }];
}
