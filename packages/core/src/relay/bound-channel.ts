import type { ResourceReference } from '@tollgate/plugin-kit';
import type { Channel, ChannelKey } from '../modules/channels/index.js';
import {
  ReferenceNotFoundError,
  ReferencesApartError,
  ResourceAccountGoneError,
  type ResourceDirectory,
  type ResourceHome,
} from '../modules/resources/index.js';

/** The one account that a request may go to, since something that the field names lives there. */
export interface Binding extends ResourceHome {
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
    binding ??= { channelId: known.channelId, keyId: known.keyId, field: reference.field, tokens: 0, unweighed: 0 };
    if (areApart(binding, known)) throw new ReferencesApartError(binding.field, reference.field);
    binding.keyId ??= known.keyId;
    if (reference.unread === true) return;
    if (known.tokens === undefined) binding.unweighed += 1;
    else binding.tokens += known.tokens;
  });
  return binding;
}

/** What nobody noted the key of may lie at any of the channel's. */
export function areApart(one: ResourceHome, other: ResourceHome): boolean {
  if (one.channelId !== other.channelId) return true;
  return one.keyId !== undefined && other.keyId !== undefined && one.keyId !== other.keyId;
}

/** Those of the channel's keys behind which the thing may lie. @throws ResourceAccountGoneError if its key is gone from the channel, or disabled */
export function keysOf(channel: Channel, { keyId }: ResourceHome, field: string | undefined): readonly ChannelKey[] {
  if (keyId === undefined) return channel.keys;
  const keys = channel.keys.filter(({ id }) => id === keyId);
  if (keys.length === 0) throw new ResourceAccountGoneError(field);
  return keys;
}

/** Where something lives that the channel has made with the key. A channel that lists no keys may be given a list: what it has made stays reachable. */
export function homeAt(channel: Pick<Channel, 'id'>, key: Pick<ChannelKey, 'id'>): ResourceHome {
  return { channelId: channel.id, keyId: key.id === channel.id ? undefined : key.id };
}
