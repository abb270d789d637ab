import { systemClock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { ServedDialects } from '../http/served-dialects.js';
import type { ConfigurationEditor } from '../modules/changes/index.js';
import type { ChannelDirectory } from '../modules/channels/index.js';
import type { HealthBook } from '../modules/health/index.js';
import { ChannelTests, channelTestSettings, ModelSync, modelSyncSettings } from '../modules/upkeep/index.js';
import type { Relay } from '../relay/relay.js';
import type { Foundations } from './foundations.js';

/** What upkeep needs of the rest. */
export interface UpkeepParts {
  readonly relay: Relay;
  readonly dialects: ServedDialects;
  readonly health: HealthBook;
  readonly channels: ChannelDirectory;
}

export function channelTestsOf(
  { database, plugins, secretBox, settings }: Foundations,
  log: Logger,
  { relay, dialects, health, channels }: UpkeepParts,
): ChannelTests {
  return new ChannelTests({
    database,
    providers: plugins.providers,
    secretBox,
    tryChannel: (channel, key, wish) => relay.tester.run(channel, key, wish, dialects.all),
    health,
    settings: () => settings.current(channelTestSettings),
    channels: () => channels.all(),
    clock: systemClock,
    log,
  });
}

export function modelSyncOf(
  { database, plugins, secretBox, settings }: Foundations,
  log: Logger,
  { editor, channels }: { readonly editor: ConfigurationEditor; readonly channels: ChannelDirectory },
): ModelSync {
  return new ModelSync({
    database,
    providers: plugins.providers,
    secretBox,
    editor,
    settings: () => settings.current(modelSyncSettings),
    channels: () => channels.all(),
    clock: systemClock,
    log,
  });
}
