import type { ResourceReference } from '@tollgate/plugin-kit';
import { ReferenceNotFoundError, ReferencesApartError, type ResourceDirectory } from '../modules/resources/index.js';

/** The one channel that a request may go to, since something that the field names lives there. */
export interface Binding {
  readonly channelId: string;
  readonly field: string;
  /** What the model reads of all that the request names, as far as it is known. */
  readonly tokens: number;
  /** How many things it reads of which nobody knows how long they are. */
  readonly unweighed: number;
}

/**
 * Where everything is that a request names.
 * @throws ReferenceNotFoundError, ReferencesApartError, StorageUnavailableError
 */
export async function bindingOf(
  resources: Pick<ResourceDirectory, 'find'>,
  userId: string,
  references: readonly ResourceReference[],
): Promise<Binding | undefined> {
  const found = await resources.find(userId, references);
  let binding: { -readonly [Key in keyof Binding]: Binding[Key] } | undefined;
  references.forEach((reference, place) => {
    const known = found[place];
    if (known === undefined) throw new ReferenceNotFoundError(reference);
    binding ??= { channelId: known.channelId, field: reference.field, tokens: 0, unweighed: 0 };
    if (binding.channelId !== known.channelId) throw new ReferencesApartError(binding.field, reference.field);
    if (reference.unread === true) return;
    if (known.tokens === undefined) binding.unweighed += 1;
    else binding.tokens += known.tokens;
  });
  return binding;
}
