import { ConfigurationError } from '../../foundation/errors.js';
import { newId } from '../../foundation/ids.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { insertChannel, openConfig, sealConfig, type StoredChannel, updateChannel } from '../channels/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument, ChannelEntry } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import { type Facts, SecretFact } from './facts.js';
import { type PlannedStep, stepsFor } from './plan-step.js';

export function planChannels(document: ApplyDocument, state: ApplyState, context: ApplyContext): readonly PlannedStep[] {
  return document.channels.flatMap((entry) => {
    const known = state.channels.get(entry.name);
    const channel = channelOf(entry, known, context);
    const before = known && factsOf(known, context.secretBox);
    return stepsFor({ kind: 'channel', name: entry.name, before, after: factsOf(channel, context.secretBox) }, (transaction) =>
      known === undefined ? insertChannel(transaction, channel) : updateChannel(transaction, channel),
    );
  });
}

function channelOf(entry: ChannelEntry, known: StoredChannel | undefined, { providers, secretBox, clock }: ApplyContext): StoredChannel {
  const adapter = providers.get(entry.provider);
  if (adapter === undefined) throw new TypeError(`The provider of channel ${entry.name} was not checked.`);
  const id = known?.id ?? newId();
  return { ...entry, ...sealConfig(adapter, id, entry.config, secretBox), id, createdAt: known?.createdAt ?? clock.now() };
}

function factsOf(channel: StoredChannel, secretBox: SecretBox): Facts {
  const { provider, models, groups, priority, weight, enabled } = channel;
  const modelMapping = Object.keys(channel.modelMapping).length === 0 ? undefined : channel.modelMapping;
  const config = Object.entries(openedConfig(channel, secretBox)).map(([field, value]) => [
    `config.${field}`,
    field in channel.secrets ? new SecretFact(value) : value,
  ]);
  return { provider, ...(Object.fromEntries(config) as Facts), models, modelMapping, groups, priority, weight, enabled };
}

/** A secret that cannot be read any more differs from every other, so that applying the file again repairs the channel. */
function openedConfig(channel: StoredChannel, secretBox: SecretBox): Facts {
  try {
    return openConfig(channel.id, channel, secretBox);
  } catch (error) {
    if (error instanceof ConfigurationError) return { ...channel.config, ...channel.secrets };
    throw error;
  }
}
