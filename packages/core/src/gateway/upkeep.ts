import type { DependencyContainer, InjectionToken } from 'tsyringe';
import { systemClock } from '../foundation/clock.js';
import type { Logger } from '../foundation/logger.js';
import type { ServedDialects } from '../http/served-dialects.js';
import type { ConfigurationEditor } from '../modules/changes/index.js';
import type { ChannelDirectory } from '../modules/channels/index.js';
import type { HealthBook } from '../modules/health/index.js';
import { HealthNotices, notificationSettings, OutageWatch } from '../modules/notifications/index.js';
import { ChannelBalances, ChannelRuns, ChannelTests, channelTestSettings, ModelSync, modelSyncSettings } from '../modules/upkeep/index.js';
import type { Relay } from '../relay/relay.js';
import type { Foundations } from './foundations.js';
import { channelRunJobsOf, outsideJobsOf } from './jobs.js';
import { register, tokens } from './tokens.js';
import { userAgent } from './version.js';

/** What asks upstreams beside calls, and tells people of them. */
export function wireUpkeep(container: DependencyContainer, foundations: Foundations, logger: Logger): void {
  const get = <Part>(token: InjectionToken<Part>): Part => container.resolve(token);
  register(container, tokens.channelTests, () =>
    channelTestsOf(foundations, logger, {
      relay: get(tokens.relay),
      dialects: get(tokens.dialects),
      health: get(tokens.health),
      channels: get(tokens.channels),
    }),
  );
  register(container, tokens.channelBalances, () => {
    const { database, plugins, secretBox } = foundations;
    return new ChannelBalances({
      database,
      providers: plugins.providers,
      ioOf: plugins.ioOf.bind(plugins),
      userAgent,
      secretBox,
      clock: systemClock,
      log: logger,
    });
  });
  register(container, tokens.channelRuns, () => channelRunsOf(container, foundations, logger));
  register(container, tokens.channelRunJobs, () => channelRunJobsOf(container, foundations, logger));
  register(container, tokens.modelSync, () =>
    modelSyncOf(foundations, logger, { editor: get(tokens.editor), channels: get(tokens.channels) }),
  );
  register(container, tokens.healthNotices, () => healthNoticesOf(foundations, logger, get(tokens.channels)));
  register(container, tokens.outageWatch, () => outageWatchOf(container, foundations));
  register(container, tokens.outsideJobs, () => outsideJobsOf(container, foundations, logger));
}

function channelRunsOf(container: DependencyContainer, { database, plugins, secretBox }: Foundations, log: Logger): ChannelRuns {
  return new ChannelRuns({
    database,
    providers: plugins.providers,
    secretBox,
    tests: container.resolve(tokens.channelTests),
    balances: container.resolve(tokens.channelBalances),
    models: container.resolve(tokens.modelSync),
    clock: systemClock,
    log,
  });
}

/** What upkeep needs of the rest. */
interface UpkeepParts {
  readonly relay: Relay;
  readonly dialects: ServedDialects;
  readonly health: HealthBook;
  readonly channels: ChannelDirectory;
}

function channelTestsOf(
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

function modelSyncOf(
  { database, plugins, secretBox, settings }: Foundations,
  log: Logger,
  { editor, channels }: { readonly editor: ConfigurationEditor; readonly channels: ChannelDirectory },
): ModelSync {
  return new ModelSync({
    database,
    providers: plugins.providers,
    ioOf: plugins.ioOf.bind(plugins),
    userAgent,
    secretBox,
    editor,
    settings: () => settings.current(modelSyncSettings),
    channels: () => channels.all(),
    clock: systemClock,
    log,
  });
}

function healthNoticesOf({ database, settings }: Foundations, log: Logger, channels: ChannelDirectory): HealthNotices {
  return new HealthNotices({
    database,
    settings: () => settings.current(notificationSettings),
    channelNameOf: (id) => channels.nameOf(id),
    clock: systemClock,
    log,
  });
}

function outageWatchOf(container: DependencyContainer, { database, settings }: Foundations): OutageWatch {
  const channels = container.resolve(tokens.channels);
  const health = container.resolve(tokens.health);
  const keyUsage = container.resolve(tokens.keyUsage);
  return new OutageWatch({
    database,
    settings: () => settings.current(notificationSettings),
    channels: () => channels.all(),
    circuits: () => health.list(),
    lastServedOf: (channelIds) => keyUsage.lastServedOf(channelIds),
    notices: container.resolve(tokens.healthNotices),
    clock: systemClock,
  });
}
