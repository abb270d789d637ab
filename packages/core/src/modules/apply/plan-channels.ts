import { ConfigurationError } from '../../foundation/errors.js';
import type { SecretBox } from '../../foundation/secret-box.js';
import { insertChannel, openConfig, openOptions, type StoredChannel, storedChannelOf, updateChannel } from '../channels/index.js';
import type { ApplyContext } from './apply-context.js';
import type { ApplyDocument } from './apply-schema.js';
import type { ApplyState } from './apply-state.js';
import { type Facts, SecretFact } from './facts.js';
import { type PlannedStep, stepsFor } from './plan-step.js';

export function planChannels(document: ApplyDocument, state: ApplyState, context: ApplyContext): readonly PlannedStep[] {
  return document.channels.flatMap((entry) => {
    const known = state.channels.get(entry.name);
    const channel = storedChannelOf(entry, known, context);
    const before = known && factsOf(known, context.secretBox);
    return stepsFor({ kind: 'channel', name: entry.name, before, after: factsOf(channel, context.secretBox) }, (transaction) =>
      known === undefined ? insertChannel(transaction, channel) : updateChannel(transaction, channel),
    );
  });
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

/** Keys are told by their fingerprints, and shown by their hints. */
function keyFacts({ keys }: StoredChannel): Facts {
  return Object.fromEntries(
    keys.map(({ fingerprint, hint, remark, enabled }, position) => [
      `keys.${position} ${hint}`,
      new SecretFact({ fingerprint, remark, enabled }),
    ]),
  );
}

function optionFacts(channel: StoredChannel, secretBox: SecretBox): Facts {
  const options = opened(channel, () => openOptions(channel.id, channel, secretBox));
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, name in channel.options ? value : new SecretFact(value)]),
  );
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
