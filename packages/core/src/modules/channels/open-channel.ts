import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { SecretBox } from '../../foundation/secret-box.js';
import type { Channel } from './channel.js';
import { checkChannelConfig, type ConfigProblem } from './channel-config.js';
import type { ChannelKey } from './channel-key.js';
import { openConfig, openKey, openOptions } from './channel-secrets.js';
import type { StoredChannel } from './channel-store.js';
import { ModelMapping } from './model-mapping.js';

/**
 * A stored channel as the relay uses it: secrets in clear, configuration checked by its adapter.
 * @param models those of the channel, one set for all channels that offer the same
 * @throws Error saying why the channel cannot be used: its plugin is gone, its configuration no longer fits, every key is disabled.
 */
export function openChannel(
  stored: StoredChannel,
  providers: ReadonlyMap<string, ProviderAdapter>,
  secretBox: SecretBox,
  models: ReadonlySet<string> = new Set(stored.models),
): Channel {
  const adapter = providers.get(stored.provider);
  if (adapter === undefined) throw new Error(`no plugin provides "${stored.provider}".`);
  const own = openConfig(stored.id, stored, secretBox);
  const keys = openKeys(stored, own, adapter, secretBox);
  const [first] = keys;
  if (first === undefined) throw new Error('all its keys are disabled.');
  const { dialects } = checkChannelConfig(adapter, own);
  return Object.freeze({
    id: stored.id,
    name: stored.name,
    adapter,
    config: first.config,
    keys,
    keysTotal: Math.max(stored.keys.length, 1),
    options: openOptions(stored.id, stored, secretBox),
    models,
    modelMapping: new ModelMapping(stored.modelMapping),
    groups: new Set(stored.groups),
    priority: stored.priority,
    weight: stored.weight,
    ...(dialects === undefined ? {} : { dialects }),
  });
}

/** Those that are enabled. A channel that lists none has the one in its configuration, known by the channel's own id. */
function openKeys(
  stored: StoredChannel,
  own: Readonly<Record<string, unknown>>,
  adapter: ProviderAdapter,
  secretBox: SecretBox,
): readonly ChannelKey[] {
  if (stored.keys.length === 0) return [{ id: stored.id, hint: '…', config: checkedConfig(adapter, own) }];
  return stored.keys
    .filter(({ enabled }) => enabled)
    .map((key) => ({ id: key.id, hint: key.hint, config: checkedConfig(adapter, { ...own, ...openKey(stored.id, key, secretBox) }) }));
}

function checkedConfig(adapter: ProviderAdapter, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { problems, config } = checkChannelConfig(adapter, given);
  if (problems.length > 0) throw new Error(problems.map(textOf).join(' '));
  return Object.freeze(config);
}

function textOf({ path, message }: ConfigProblem): string {
  return `config.${path.join('.')}: ${message}`;
}
