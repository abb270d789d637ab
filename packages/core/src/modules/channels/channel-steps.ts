import { ConfigurationError } from '../../foundation/errors.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { type Facts, type PlannedStep, SecretFact, stepsFor } from '../changes/index.js';
import type { StoredKey } from './channel-key.js';
import { openConfig, openOptions } from './channel-secrets.js';
import { deleteChannel, insertChannel, type StoredChannel, updateChannel } from './channel-store.js';

/** What has to happen so that there is this channel. */
export function channelSteps(known: StoredChannel | undefined, channel: StoredChannel, secretBox: SecretBox): readonly PlannedStep[] {
  const before = known && factsOf(known, secretBox);
  const after = { ...factsOf(channel, secretBox), ...(known && movedFacts(known, channel)) };
  return stepsFor({ kind: 'channel', name: known?.name ?? channel.name, before, after }, (transaction) =>
    known === undefined ? insertChannel(transaction, channel) : updateChannel(transaction, channel),
  );
}

export function channelDeletion({ id, name }: StoredChannel): PlannedStep {
  return { change: { action: 'delete', kind: 'channel', name, fields: [] }, run: (transaction) => deleteChannel(transaction, id) };
}

function factsOf(channel: StoredChannel, secretBox: SecretBox): Facts {
  const { provider, models, groups, priority, weight, enabled } = channel;
  const modelMapping = Object.keys(channel.modelMapping).length === 0 ? undefined : channel.modelMapping;
  const config = Object.entries(opened(channel, () => openConfig(channel.id, channel, secretBox))).map(([field, value]) => [
    `config.${field}`,
    field in channel.secrets ? new SecretFact(value) : value,
  ]);
  return {
    provider,
    ...(Object.fromEntries(config) as Facts),
    ...keyFacts(channel),
    models,
    modelMapping,
    groups,
    priority,
    weight,
    ...optionFacts(channel, secretBox),
    enabled,
  };
}

/** Keys are told by their ids, and shown by their hints: a key of other content has another id. */
function keyFacts({ keys }: StoredChannel): Facts {
  return Object.fromEntries(keys.map((key) => [`keys.${key.id}`, keyText(key)]));
}

function keyText({ hint, remark, enabled }: StoredKey): string {
  return [hint, ...(remark === undefined ? [] : [remark]), ...(enabled ? [] : ['disabled'])].join(', ');
}

function optionFacts(channel: StoredChannel, secretBox: SecretBox): Facts {
  const options = opened(channel, () => openOptions(channel.id, channel, secretBox));
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, name in channel.options ? value : new SecretFact(value)]),
  );
}

/** What is only told where it changes. */
function movedFacts(known: StoredChannel, channel: StoredChannel): Facts {
  const [idsBefore, ids] = [known.keys.map(({ id }) => id), channel.keys.map(({ id }) => id)];
  const isMoved = idsBefore.filter((id) => ids.includes(id)).join() !== ids.filter((id) => idsBefore.includes(id)).join();
  return {
    ...(known.name === channel.name ? {} : { name: channel.name }),
    ...(isMoved ? { keys: 'in another order' } : {}),
  };
}

/** A secret that cannot be read any more differs from every other, so that applying the file again repairs the channel. */
function opened(channel: StoredChannel, open: () => object): Facts {
  try {
    return { ...open() };
  } catch (error) {
    if (error instanceof ConfigurationError) return { ...channel.config, ...channel.secrets };
    throw error;
  }
}
