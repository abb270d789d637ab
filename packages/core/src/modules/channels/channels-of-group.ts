import type { SecretBox } from '../../foundation/secret-box.js';
import type { ChangeAuthor, ConfigurationEditor } from '../changes/index.js';
import { GroupNotFoundError, readGroups } from '../groups/index.js';
import { ChannelGroupError } from './channel-group-errors.js';
import { channelSteps } from './channel-steps.js';
import { readChannels, type StoredChannel } from './channel-store.js';

/** Names of channels, as people call them. */
export interface GroupAssignment {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * Lets channels join and leave a group from the group's side: what changes is the channels.
 * @throws GroupNotFoundError, ChannelGroupError, StorageUnavailableError
 */
export function assignChannels(
  editor: ConfigurationEditor,
  secretBox: SecretBox,
  author: ChangeAuthor,
  group: string,
  { add, remove }: GroupAssignment,
): Promise<void> {
  return editor.edit(author, async (transaction) => {
    if (!(await readGroups(transaction)).some(({ name }) => name === group)) throw new GroupNotFoundError(group);
    const channels = new Map((await readChannels(transaction)).map((channel) => [channel.name, channel]));
    const changed = [...new Set([...add, ...remove])].map((name) => {
      const known = channels.get(name);
      if (known === undefined) throw new ChannelGroupError(`There is no channel "${name}".`);
      return [known, moved(known, group, !remove.includes(name))] as const;
    });
    return { steps: changed.flatMap(([known, channel]) => channelSteps(known, channel, secretBox)), result: undefined };
  });
}

function moved(channel: StoredChannel, group: string, joins: boolean): StoredChannel {
  const others = channel.groups.filter((name) => name !== group);
  if (!joins && others.length === 0)
    throw new ChannelGroupError(
      `The channel "${channel.name}" is in no other group than "${group}". Put it into another one first, or disable it.`,
    );
  if (!joins) return { ...channel, groups: others };
  return channel.groups.includes(group) ? channel : { ...channel, groups: [...channel.groups, group] };
}
