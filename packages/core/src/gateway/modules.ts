import 'reflect-metadata';
import type { Verdict } from '@tollgate/plugin-kit';
import { container as rootContainer, type DependencyContainer, type InjectionToken } from 'tsyringe';
import { performance } from 'node:perf_hooks';
import { Bus } from '../cluster/bus.js';
import { LimitCounters } from '../cluster/limit-counters.js';
import { NodeLease } from '../cluster/node-lease.js';
import { PostgresPermits } from '../cluster/postgres-permits.js';
import { PostgresWindows } from '../cluster/postgres-windows.js';
import { RedisWindows } from '../cluster/redis-windows.js';
import { RevisionWatcher } from '../cluster/revision-watcher.js';
import { systemClock } from '../foundation/clock.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import { newId, newPrefixedId } from '../foundation/ids.js';
import type { Logger } from '../foundation/logger.js';
import { RowMac, rowMacKey } from '../foundation/row-mac.js';
import { ServedDialects } from '../http/served-dialects.js';
import { ConfigurationEditor } from '../modules/changes/index.js';
import { ChannelDirectory } from '../modules/channels/index.js';
import { GroupDirectory, groupsSettings } from '../modules/groups/index.js';
import { HealthBook, healthSettings, readHealthRevision } from '../modules/health/index.js';
import { Idempotency } from '../modules/idempotency/index.js';
import { KeyUsage, type KeyUse } from '../modules/key-usage/index.js';
import { ChannelLimits, Limits, limitsSettings } from '../modules/limits/index.js';
import { Books, ledgerSettings, LedgerWriter, openHolds, openLedgerExecutor } from '../modules/ledger/index.js';
import { GatewayMetrics } from '../modules/metrics/index.js';
import { ModelDirectory, modelHintsOf } from '../modules/models/index.js';
import { PriceFetcher, PriceSync, priceSyncSettings } from '../modules/price-sync/index.js';
import { listedFees, PriceBook, pricingSettings, withListedFees } from '../modules/pricing/index.js';
import { ResourceDirectory, resourceSettings } from '../modules/resources/index.js';
import { ChannelSpending, SpendCalendar, spendingSettings } from '../modules/spending/index.js';
import { TokenDirectory } from '../modules/tokens/index.js';
import { Relay } from '../relay/relay.js';
import { ResourceRelay } from '../relay/resource-relay.js';
import { carrierOf } from './carriers.js';
import { SchemaGuard } from '../storage/schema-guard.js';
import type { Foundations, GatewayParts } from './foundations.js';
import { jobsOf } from './jobs.js';
import { register, tokens } from './tokens.js';
import { wireUpkeep } from './upkeep.js';
import { userAgent, version } from './version.js';

const dayMs = 86_400_000;

function wireModules({ environment, logger, faults, migrations }: GatewayParts, foundations: Foundations): DependencyContainer {
  const { database, plugins, settings, secretBox } = foundations;
  const container = rootContainer.createChildContainer();
  const get = <Part>(token: InjectionToken<Part>): Part => container.resolve(token);
  register(container, tokens.channels, () => new ChannelDirectory(database, plugins.providers, secretBox, logger));
  register(container, tokens.groups, () => new GroupDirectory(database, () => settings.current(groupsSettings).autoOrder));
  register(container, tokens.models, () => new ModelDirectory(database, modelHintsOf(plugins.providers.values())));
  register(container, tokens.tokens, () => new TokenDirectory(database));
  register(container, tokens.dialects, () => new ServedDialects(plugins.dialects.values()));
  register(container, tokens.prices, () => {
    const groups = get(tokens.groups);
    const listed = listedFees([...plugins.providers.values()].flatMap(({ prices = [] }) => prices));
    return new PriceBook({
      groupRatioOf: (group, userGroup) => groups.ratioOf(group, userGroup),
      settings: () => {
        const current = settings.current(pricingSettings);
        return { ...current, toolFees: withListedFees(current.toolFees, listed) };
      },
    });
  });
  register(container, tokens.priceFetcher, () => new PriceFetcher());
  register(container, tokens.priceSync, () => priceSyncOf(container, foundations));
  register(container, tokens.books, () => new Books(new RowMac(rowMacKey(environment.masterSecret)), systemClock));
  register(container, tokens.executor, () =>
    openLedgerExecutor(environment, rowMacKey(environment.masterSecret), settings.current(ledgerSettings).durability, faults),
  );
  register(
    container,
    tokens.lease,
    () =>
      new NodeLease({
        database,
        leaseMs: () => settings.current(ledgerSettings).nodeLeaseMs,
        onProblem: (problem) => logger.warn({ err: problem }, problem.message),
      }),
  );
  register(
    container,
    tokens.ledger,
    () =>
      new LedgerWriter({
        executor: get(tokens.executor),
        clock: systemClock,
        nodeId: () => get(tokens.lease).nodeId,
        calendar: new SpendCalendar(() => settings.current(spendingSettings).timeZone),
        faults,
        onBatch: (batch) => get(tokens.metrics).batchEnded(batch),
      }),
  );
  register(container, tokens.metrics, () => metricsOf(container, foundations));
  register(container, tokens.counters, () => countersOf(container, foundations, logger));
  register(container, tokens.limits, () => limitsOf(container, foundations));
  register(container, tokens.channelLimits, () => channelLimitsOf(container, foundations));
  register(container, tokens.channelSpending, () => channelSpendingOf(container, foundations, logger));
  register(container, tokens.schemaGuard, () => new SchemaGuard(database, migrations));
  register(container, tokens.bus, () => new Bus(carrierOf(environment, foundations, logger), logger));
  register(container, tokens.watcher, () => watcherOf(container, foundations, logger));
  register(container, tokens.editor, () => editorOf(container, foundations));
  register(container, tokens.health, () => healthOf(container, foundations, logger));
  register(container, tokens.keyUsage, () => new KeyUsage(database, logger));
  register(container, tokens.healthWatcher, () => healthWatcherOf(container, foundations, logger));
  register(container, tokens.jobs, () => jobsOf(container, foundations, logger));
  register(container, tokens.resources, () => resourcesOf(foundations, logger));
  register(container, tokens.relay, () => relayOf(container, foundations, logger, faults));
  register(container, tokens.resourceRelay, () => resourceRelayOf(container, foundations, logger));
  return container;
}

function metricsOf(container: DependencyContainer, { database }: Foundations): GatewayMetrics {
  const channels = container.resolve(tokens.channels);
  const health = container.resolve(tokens.health);
  return new GatewayMetrics({
    version,
    circuits: () => health.list(),
    spentCaps: () => container.resolve(tokens.channelSpending).watched(),
    channelNameOf: (id) => channels.nameOf(id),
    openHolds: () => openHolds(database),
  });
}

/** Nodes of one PostgreSQL share their counters; the only process of a SQLite file counts in memory. */
function countersOf(container: DependencyContainer, { database, redis }: Foundations, logger: Logger): LimitCounters {
  const isShared = database.kind === 'postgres';
  const lease = container.resolve(tokens.lease);
  const windows = redis === undefined ? new PostgresWindows(database) : new RedisWindows(redis.connection, redis.prefix);
  return new LimitCounters({
    // Permits stay in PostgreSQL beside Redis, too: they must go with the row of a node that died, and only its lease there says who did.
    shared: isShared ? { windows, permits: new PostgresPermits(database, () => lease.nodeId) } : undefined,
    // Nodes that share only measure: a clock that is set must not stretch a slice.
    now: isShared ? () => performance.now() : () => systemClock.now(),
    wallNow: () => systemClock.now(),
    onProblem: (problem) => logger.warn({ err: problem }, 'The counters of limits cannot be reached'),
  });
}

function limitsOf(container: DependencyContainer, { settings }: Foundations): Limits {
  return new Limits({
    settings: () => settings.current(limitsSettings),
    counters: container.resolve(tokens.counters),
    clock: systemClock,
  });
}

function channelLimitsOf(container: DependencyContainer, { settings }: Foundations): ChannelLimits {
  return new ChannelLimits({
    counters: container.resolve(tokens.counters),
    clock: systemClock,
    whenCountersAreAway: () => settings.current(limitsSettings).whenCountersAreAway,
  });
}

function channelSpendingOf(container: DependencyContainer, { database, settings }: Foundations, log: Logger): ChannelSpending {
  const channels = container.resolve(tokens.channels);
  return new ChannelSpending({
    database,
    calendar: new SpendCalendar(() => settings.current(spendingSettings).timeZone),
    clock: systemClock,
    log,
    capped: () => channels.all().flatMap(({ id, options: { spendCaps: caps } }) => (caps === undefined ? [] : [{ id, caps }])),
  });
}

/** Brings changes of the configuration into memory, in an order in which each finds what it stands on. */
function watcherOf(container: DependencyContainer, { database, settings }: Foundations, logger: Logger): RevisionWatcher {
  const executor = container.resolve(tokens.executor);
  const prices = container.resolve(tokens.prices);
  const reloaders = [
    { name: 'schema', reload: () => container.resolve(tokens.schemaGuard).check() },
    { name: 'settings', reload: () => settings.reload() },
    { name: 'durability', reload: () => executor.setDurability(settings.current(ledgerSettings).durability) },
    { name: 'groups', reload: () => container.resolve(tokens.groups).reload() },
    { name: 'models', reload: () => container.resolve(tokens.models).reload() },
    { name: 'prices', reload: () => prices.clear() },
    { name: 'channels', reload: () => container.resolve(tokens.channels).reload() },
    { name: 'tokens', reload: () => container.resolve(tokens.tokens).reload() },
  ];
  const bus = container.resolve(tokens.bus);
  const watcher = new RevisionWatcher({ database, reloaders, log: logger, onFound: () => bus.hint('configuration') });
  bus.onHint('configuration', () => watcher.lookNow());
  return watcher;
}

function editorOf(container: DependencyContainer, { database }: Foundations): ConfigurationEditor {
  const onChanged = async (): Promise<void> => {
    const bus = container.resolve(tokens.bus);
    bus.hint('configuration');
    // A change may end what is known against a channel.
    bus.hint('health');
    // What cannot be read now is told, and tried again, by the watcher itself: the change is made.
    const watchers = [container.resolve(tokens.watcher), container.resolve(tokens.healthWatcher)];
    await Promise.allSettled(watchers.map((watcher) => watcher.refresh()));
  };
  return new ConfigurationEditor({ database, clock: systemClock, onChanged });
}

function healthOf(container: DependencyContainer, { database, settings }: Foundations, log: Logger): HealthBook {
  const channels = container.resolve(tokens.channels);
  const bus = container.resolve(tokens.bus);
  const keyUsage = container.resolve(tokens.keyUsage);
  return new HealthBook({
    settings: () => settings.current(healthSettings),
    clock: systemClock,
    log,
    channelNameOf: (id) => channels.nameOf(id),
    database,
    onWritten: () => bus.hint('health'),
    onOutcome: ({ keyId, verdict, startedAt, at }) => keyUsage.note({ keyId, outcome: useOf(verdict), startedAt, at }),
  });
}

function useOf(verdict: Verdict | undefined): KeyUse['outcome'] {
  if (verdict === undefined) return 'served';
  return verdict.scope === 'request' ? 'other' : 'failed';
}

/** Brings what other nodes have found out about channels into memory. It has a number of its own: it changes often, and channels stay. */
function healthWatcherOf(container: DependencyContainer, { database }: Foundations, log: Logger): RevisionWatcher {
  const health = container.resolve(tokens.health);
  const watcher = new RevisionWatcher({
    database,
    reloaders: [{ name: 'health', reload: () => health.reload() }],
    log,
    watched: { name: 'health of channels', readRevision: readHealthRevision },
  });
  container.resolve(tokens.bus).onHint('health', () => watcher.lookNow());
  return watcher;
}

function priceSyncOf(container: DependencyContainer, { database, plugins, settings }: Foundations): PriceSync {
  const channels = container.resolve(tokens.channels);
  return new PriceSync({
    database,
    providers: [...plugins.providers.values()],
    channels: () => channels.all(),
    settings: () => settings.current(priceSyncSettings),
    fetcher: container.resolve(tokens.priceFetcher),
    clock: systemClock,
  });
}

function resourcesOf({ database, settings }: Foundations, log: Logger): ResourceDirectory {
  const retentionMs = (): number => settings.current(resourceSettings).retentionDays * dayMs;
  return new ResourceDirectory({ database, clock: systemClock, log, retentionMs });
}

function resourceRelayOf(container: DependencyContainer, { plugins, settings }: Foundations, log: Logger): ResourceRelay {
  return new ResourceRelay({
    settings,
    channels: container.resolve(tokens.channels),
    groups: container.resolve(tokens.groups),
    resources: container.resolve(tokens.resources),
    health: container.resolve(tokens.health),
    ioOf: (adapter, signal, way) => plugins.ioOf(adapter, signal, way),
    clock: systemClock,
    log,
    random: Math.random,
    userAgent,
  });
}

function relayOf(
  container: DependencyContainer,
  { database, plugins, secretBox, settings }: Foundations,
  logger: Logger,
  faults: FaultSeam | undefined,
): Relay {
  return new Relay({
    settings,
    models: container.resolve(tokens.models),
    channels: container.resolve(tokens.channels),
    groups: container.resolve(tokens.groups),
    health: container.resolve(tokens.health),
    channelLimits: container.resolve(tokens.channelLimits),
    channelSpending: container.resolve(tokens.channelSpending),
    resources: container.resolve(tokens.resources),
    prices: container.resolve(tokens.prices),
    ledger: container.resolve(tokens.ledger),
    idempotency: new Idempotency({ database, secretBox, clock: systemClock }),
    hooks: plugins.hooks,
    ioOf: (adapter, signal, way) => plugins.ioOf(adapter, signal, way),
    clock: systemClock,
    log: logger,
    metrics: container.resolve(tokens.metrics),
    newId,
    newPrefixedId,
    random: Math.random,
    userAgent,
    faults,
  });
}

/** Each stops before what it stands on. */
export async function stopModules(container: DependencyContainer, drainTimeMaxMs = 0): Promise<void> {
  const relay = container.resolve(tokens.relay);
  await relay.drain(drainTimeMaxMs);
  await container.resolve(tokens.resources).close();
  await container.resolve(tokens.counters).close();
  await container.resolve(tokens.channelSpending).close();
  await container.resolve(tokens.priceFetcher).close();
  await container.resolve(tokens.outsideJobs).close();
  await Promise.all(container.resolve(tokens.channelRunJobs).map((runner) => runner.close()));
  await container.resolve(tokens.jobs).close();
  await container.resolve(tokens.health).close();
  await container.resolve(tokens.healthNotices).close();
  await container.resolve(tokens.keyUsage).close();
  await container.resolve(tokens.bus).close();
  await container.resolve(tokens.healthWatcher).stop();
  await container.resolve(tokens.watcher).stop();
  await container.resolve(tokens.ledger).close();
  await container.resolve(tokens.lease).close();
  await relay.close();
  await container.resolve(tokens.resourceRelay).close();
}

/** Wires everything together and starts what works by itself. @throws StorageUnavailableError */
export async function startModules(parts: GatewayParts, foundations: Foundations): Promise<DependencyContainer> {
  const container = wireModules(parts, foundations);
  wireUpkeep(container, foundations, parts.logger);
  try {
    await container.resolve(tokens.lease).start();
    await container.resolve(tokens.watcher).start();
    await container.resolve(tokens.healthWatcher).start();
    container.resolve(tokens.health).onChange((change) => container.resolve(tokens.healthNotices).note(change));
    container.resolve(tokens.health).start();
    container.resolve(tokens.keyUsage).start();
    container.resolve(tokens.bus).start();
    container.resolve(tokens.counters).start();
    await container.resolve(tokens.channelSpending).start();
    await container.resolve(tokens.jobs).start();
    await container.resolve(tokens.outsideJobs).start();
    for (const runner of container.resolve(tokens.channelRunJobs)) await runner.start();
    return container;
  } catch (error) {
    // The reason matters to the caller; that a database which is away cannot be told good-bye does not.
    await stopModules(container).catch(() => undefined);
    throw error;
  }
}
