import type { ResourceReference } from '@tollgate/plugin-kit';
import { ReferenceNotFoundError, ReferencesApartError, type ResourceDirectory } from '../modules/resources/index.js';

/** The one channel that a request may go to, since something that the field names lives there. */
export interface Binding {
  readonly channelId: string;
  readonly field: string;
}

/**
 * Where everything is that a request names.
 * @throws ReferenceNotFoundError, ReferencesApartError, StorageUnavailableError
 */
export async function bindingOf(
  resources: Pick<ResourceDirectory, 'channelsOf'>,
  userId: string,
  references: readonly ResourceReference[],
): Promise<Binding | undefined> {
  const channels = await resources.channelsOf(userId, references);
  let binding: Binding | undefined;
  references.forEach((reference, place) => {
    const channelId = channels[place];
    if (channelId === undefined) throw new ReferenceNotFoundError(reference);
    binding ??= { channelId, field: reference.field };
    if (binding.channelId !== channelId) throw new ReferencesApartError(binding.field, reference.field);
  });
  return binding;
}
