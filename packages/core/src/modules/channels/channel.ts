import type { ProviderAdapter } from '@tollgate/plugin-kit';
import type { ChannelKey } from './channel-key.js';
import type { ChannelOptions } from './channel-options.js';
import type { ModelMapping } from './model-mapping.js';

/** A configured upstream account, ready for the relay: secrets in clear, configuration validated by its adapter. */
export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly adapter: ProviderAdapter;
  /** With its first key. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Those that are enabled; never empty. */
  readonly keys: readonly ChannelKey[];
  /** How many it has, with those that are disabled. */
  readonly keysTotal: number;
  readonly options: ChannelOptions;
  /** Ids of the provider's dialects that this channel may use; undefined = all but those on demand. */
  readonly dialects?: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  /** Public name → name at the upstream, for those that differ. */
  readonly modelMapping: ModelMapping;
  readonly groups: ReadonlySet<string>;
  /** Higher first. */
  readonly priority: number;
  /** Share inside one priority; 0 = only when no other is left. */
  readonly weight: number;
}
