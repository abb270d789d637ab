import { systemClock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { ServedDialects } from '../http/served-dialects.js';
import type { HealthBook } from '../modules/health/index.js';
import { ChannelTests, channelTestSettings } from '../modules/upkeep/index.js';
import type { Relay } from '../relay/relay.js';
import type { Foundations } from './foundations.js';

/** What upkeep needs of the rest. */
export interface UpkeepParts {
  readonly relay: Relay;
  readonly dialects: ServedDialects;
  readonly health: HealthBook;
}

export function channelTestsOf(
  { database, plugins, secretBox, settings }: Foundations,
  log: Logger,
  { relay, dialects, health }: UpkeepParts,
): ChannelTests {
  return new ChannelTests({
    database,
    providers: plugins.providers,
    secretBox,
    tryChannel: (channel, key, wish) => relay.tester.run(channel, key, wish, dialects.all),
    health,
    settings: () => settings.current(channelTestSettings),
    clock: systemClock,
    log,
  });
}
