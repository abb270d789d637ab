import 'reflect-metadata';
import { type DependencyContainer, type InjectionToken, instanceCachingFactory } from 'tsyringe';
import type { Bus } from '../cluster/bus.js';
import type { LimitCounters } from '../cluster/limit-counters.js';
import type { NodeLease } from '../cluster/node-lease.js';
import type { RevisionWatcher } from '../cluster/revision-watcher.js';
import type { ServedDialects } from '../http/served-dialects.js';
import type { ConfigurationEditor } from '../modules/changes/index.js';
import type { ChannelDirectory } from '../modules/channels/index.js';
import type { GroupDirectory } from '../modules/groups/index.js';
import type { HealthBook } from '../modules/health/index.js';
import type { KeyUsage } from '../modules/key-usage/index.js';
import type { ChannelLimits, Limits } from '../modules/limits/index.js';
import type { Books, LedgerWriter, openLedgerExecutor } from '../modules/ledger/index.js';
import type { GatewayMetrics } from '../modules/metrics/index.js';
import type { ModelDirectory } from '../modules/models/index.js';
import type { HealthNotices, OutageWatch } from '../modules/notifications/index.js';
import type { PriceFetcher, PriceSync } from '../modules/price-sync/index.js';
import type { PriceBook } from '../modules/pricing/index.js';
import type { ResourceDirectory } from '../modules/resources/index.js';
import type { ChannelSpending } from '../modules/spending/index.js';
import type { TokenDirectory } from '../modules/tokens/index.js';
import type { ChannelBalances, ChannelRuns, ChannelTests, ModelSync } from '../modules/upkeep/index.js';
import type { Relay } from '../relay/relay.js';
import type { ResourceRelay } from '../relay/resource-relay.js';
import type { JobRunner } from '../storage/job-runner.js';
import type { SchemaGuard } from '../storage/schema-guard.js';

/** What lives as long as the gateway, each made once, when first asked for. */
export const tokens = {
  channels: Symbol('ChannelDirectory') as InjectionToken<ChannelDirectory>,
  groups: Symbol('GroupDirectory') as InjectionToken<GroupDirectory>,
  models: Symbol('ModelDirectory') as InjectionToken<ModelDirectory>,
  tokens: Symbol('TokenDirectory') as InjectionToken<TokenDirectory>,
  prices: Symbol('PriceBook') as InjectionToken<PriceBook>,
  priceFetcher: Symbol('PriceFetcher') as InjectionToken<PriceFetcher>,
  priceSync: Symbol('PriceSync') as InjectionToken<PriceSync>,
  metrics: Symbol('GatewayMetrics') as InjectionToken<GatewayMetrics>,
  lease: Symbol('NodeLease') as InjectionToken<NodeLease>,
  ledger: Symbol('LedgerWriter') as InjectionToken<LedgerWriter>,
  books: Symbol('Books') as InjectionToken<Books>,
  executor: Symbol('LedgerExecutor') as InjectionToken<ReturnType<typeof openLedgerExecutor>>,
  schemaGuard: Symbol('SchemaGuard') as InjectionToken<SchemaGuard>,
  bus: Symbol('Bus') as InjectionToken<Bus>,
  watcher: Symbol('RevisionWatcher') as InjectionToken<RevisionWatcher>,
  editor: Symbol('ConfigurationEditor') as InjectionToken<ConfigurationEditor>,
  health: Symbol('HealthBook') as InjectionToken<HealthBook>,
  outageWatch: Symbol('OutageWatch') as InjectionToken<OutageWatch>,
  healthNotices: Symbol('HealthNotices') as InjectionToken<HealthNotices>,
  keyUsage: Symbol('KeyUsage') as InjectionToken<KeyUsage>,
  healthWatcher: Symbol('RevisionWatcher of health') as InjectionToken<RevisionWatcher>,
  counters: Symbol('LimitCounters') as InjectionToken<LimitCounters>,
  limits: Symbol('Limits') as InjectionToken<Limits>,
  channelLimits: Symbol('ChannelLimits') as InjectionToken<ChannelLimits>,
  channelSpending: Symbol('ChannelSpending') as InjectionToken<ChannelSpending>,
  jobs: Symbol('JobRunner') as InjectionToken<JobRunner>,
  outsideJobs: Symbol('JobRunner of what waits for others') as InjectionToken<JobRunner>,
  resources: Symbol('ResourceDirectory') as InjectionToken<ResourceDirectory>,
  relay: Symbol('Relay') as InjectionToken<Relay>,
  resourceRelay: Symbol('ResourceRelay') as InjectionToken<ResourceRelay>,
  channelTests: Symbol('ChannelTests') as InjectionToken<ChannelTests>,
  channelBalances: Symbol('ChannelBalances') as InjectionToken<ChannelBalances>,
  channelRuns: Symbol('ChannelRuns') as InjectionToken<ChannelRuns>,
  channelRunJobs: Symbol('JobRunners of runs of channels') as InjectionToken<readonly JobRunner[]>,
  modelSync: Symbol('ModelSync') as InjectionToken<ModelSync>,
  dialects: Symbol('ServedDialects') as InjectionToken<ServedDialects>,
};

/** @param make what the token stands for, when it is first asked for */
export function register<Part>(container: DependencyContainer, token: InjectionToken<Part>, make: () => Part): void {
  container.register(token, { useFactory: instanceCachingFactory(make) });
}
