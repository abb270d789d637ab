import type { DependencyContainer } from 'tsyringe';
import { systemClock } from '../foundation/clock.js';
import { accountEndpoint } from '../http/api/account.js';
import { type ApplyDoors, applyEndpoints } from '../http/api/apply.js';
import { auditEndpoint } from '../http/api/audit.js';
import { channelKeyEndpoints } from '../http/api/channel-keys.js';
import { channelModelEndpoints } from '../http/api/channel-models.js';
import { channelEndpoints } from '../http/api/channels.js';
import type { Endpoint } from '../http/api/endpoint.js';
import { withOpenApi } from '../http/api/open-api.js';
import { type GroupDoors, groupEndpoints } from '../http/api/groups.js';
import { metricsEndpoint } from '../http/api/metrics.js';
import { modelEndpoints } from '../http/api/models.js';
import { type PriceDoors, priceEndpoints } from '../http/api/prices.js';
import { publicPriceEndpoints, type ReadPublicPrices } from '../http/api/public-prices.js';
import { providersEndpoint } from '../http/api/providers.js';
import { type RoutingDoors, routingEndpoint } from '../http/api/routing.js';
import { settingsEndpoints } from '../http/api/settings.js';
import { usageEndpoints } from '../http/api/usage.js';
import { vendorEndpoints } from '../http/api/vendors.js';
import { readKeyBalances } from '../modules/balances/index.js';
import { type ApplyContext, executeApply, exportConfiguration } from '../modules/apply/index.js';
import {
  assignChannels,
  type Channel,
  changeChannels,
  changeKeys,
  ChannelDesk,
  enableModels,
  readChannelNames,
  remarkKey,
} from '../modules/channels/index.js';
import { readAuditEvents } from '../modules/changes/index.js';
import { autoGroup, GroupDesk, groupsSettings } from '../modules/groups/index.js';
import { accountOf, budgetOf, refundsOf } from '../modules/ledger/index.js';
import { type Model, ModelDesk, modelsSettings, readModels, readVendors, unknownModels, unpricedModels } from '../modules/models/index.js';
import { type PublicPriceList, publicPriceList } from '../modules/price-list/index.js';
import { PricesNotPublishedError, priceSyncSettings, queuePriceSync } from '../modules/price-sync/index.js';
import { pricingSettings } from '../modules/pricing/index.js';
import { editSection, readSection, readSections } from '../modules/settings/index.js';
import { usageOf, usageOfCall } from '../modules/usage/index.js';
import { findUser } from '../modules/users/index.js';
import { RoutingSimulator } from '../relay/routing-simulator.js';
import type { Foundations } from './foundations.js';
import { tokens } from './tokens.js';
import { upkeepEndpoints } from './upkeep-endpoints.js';
import { version } from './version.js';

/** Every endpoint of the management API, with what it needs of the house. */
export function managementEndpoints(container: DependencyContainer, foundations: Foundations): readonly Endpoint[] {
  const { database, settings } = foundations;
  const editor = container.resolve(tokens.editor);
  const desk = new ModelDesk(editor, systemClock);
  const endpoints = [
    accountEndpoint({ accountOf: (userId) => accountOf(database, userId), budgetOf: (tokenId) => budgetOf(database, tokenId) }),
    ...usageEndpoints({
      page: (owner, page) => usageOf(database, owner, page),
      one: (requestId) => usageOfCall(database, requestId),
      refundsOf: (requestIds) => refundsOf(database, requestIds),
      channelNames: (ids) => readChannelNames(database.knex, ids),
    }),
    ...publicPriceEndpoints(publicPricesOf(container, foundations)),
    ...priceEndpoints(priceDoors(container, foundations)),
    ...settingsEndpoints({
      sections: () => database.snapshot((reader) => readSections(settings, reader)),
      section: (name) => database.snapshot((reader) => readSection(settings, reader, name)),
      edit: (author, name, fields) => editSection(editor, settings, author, name, fields),
    }),
    ...applyEndpoints(applyDoors(container, foundations)),
    providersEndpoint(foundations.plugins.providers),
    ...endpointsOfChannels(container, foundations),
    ...upkeepEndpoints(container),
    routingEndpoint(routingDoors(container, foundations)),
    ...groupEndpoints(groupDoors(container, foundations)),
    ...modelEndpoints({ desk, models: () => readModels(database.knex), unknown: () => unknownModels(database) }),
    ...vendorEndpoints({ desk, vendors: () => readVendors(database.knex) }),
    metricsEndpoint(() => container.resolve(tokens.metrics).text()),
    auditEndpoint((filter, page) => readAuditEvents(database.knex, filter, page)),
  ];
  return withOpenApi(endpoints, version);
}

function applyDoors(container: DependencyContainer, { database, plugins, settings, secretBox }: Foundations): ApplyDoors {
  const editor = container.resolve(tokens.editor);
  const health = container.resolve(tokens.health);
  const books = container.resolve(tokens.books);
  const context: ApplyContext = { database, providers: plugins.providers, settings, secretBox, books, clock: systemClock };
  return {
    apply: async (file, options) => {
      const result = await executeApply(context, file, options);
      if (!result.dryRun && result.changes.length > 0) await editor.announce();
      return result;
    },
    export: (options) => exportConfiguration(context, options),
    circuits: () => health.list(),
  };
}

function endpointsOfChannels(container: DependencyContainer, { database, plugins, secretBox }: Foundations): readonly Endpoint[] {
  const editor = container.resolve(tokens.editor);
  const health = container.resolve(tokens.health);
  const desk = new ChannelDesk({ database, editor, providers: plugins.providers, secretBox, clock: systemClock });
  const circuits = () => health.list();
  const failing = () => ({
    channels: new Set(circuits().map(({ channelId }) => channelId)),
    keys: new Set(circuits().flatMap(({ kind, subject }) => (kind === 'key' ? [subject] : []))),
  });
  const failingModels = (channelId: string) =>
    new Set(circuits().flatMap((record) => (record.channelId === channelId && record.kind === 'model' ? [record.subject] : [])));
  const doors = { database, editor, providers: plugins.providers, secretBox, clock: systemClock, failing, failingModels };
  const keyUsage = container.resolve(tokens.keyUsage);
  const channelTests = container.resolve(tokens.channelTests);
  return [
    ...channelEndpoints({
      desk,
      circuits,
      changeAll: (author, filter, batch) => changeChannels(doors, author, filter, batch),
      notesOf: async (channels) => {
        const channelIds = channels.map(({ id }) => id);
        const capped = channels.flatMap(({ id, options: { spendCaps: caps } }) => (caps === undefined ? [] : [{ id, caps }]));
        const [tests, balances, counts, spent] = await Promise.all([
          channelTests.lastOf(channelIds),
          readKeyBalances(database.knex, channelIds),
          keyUsage.ofConfigKeys(channelIds),
          container.resolve(tokens.channelSpending).spentOf(capped),
        ]);
        const notesOf = (id: string) => ({
          test: tests.get(id),
          balances: balances.get(id) ?? [],
          configKey: counts.get(id),
          spent: spent.get(id),
        });
        return new Map(channelIds.map((id) => [id, notesOf(id)]));
      },
      enableModels: (author, channelId, models) => enableModels(doors, author, channelId, models),
    }),
    ...channelKeyEndpoints({
      desk,
      circuits,
      changeKeys: (author, channelId, meant, action) => changeKeys(doors, author, channelId, meant, action),
      remarkKey: (author, channelId, keyId, remark) => remarkKey(doors, author, channelId, keyId, remark),
      countsOf: (channelId) => keyUsage.countsOf(channelId),
      balancesOf: async (channelId) => (await readKeyBalances(database.knex, [channelId])).get(channelId) ?? [],
    }),
    ...channelModelEndpoints({
      list: (channelId) => container.resolve(tokens.modelSync).list(channelId),
      sync: (channelId, author) => container.resolve(tokens.modelSync).sync(channelId, author),
      change: async (author, channelId, addModels, removeModels) => {
        await desk.one(channelId);
        return changeChannels(doors, author, { ids: [channelId] }, { addModels, removeModels });
      },
    }),
  ];
}

function routingDoors(container: DependencyContainer, { settings }: Foundations): RoutingDoors {
  const relay = container.resolve(tokens.relay);
  const groups = container.resolve(tokens.groups);
  const simulator = new RoutingSimulator({
    settings,
    models: container.resolve(tokens.models),
    resources: container.resolve(tokens.resources),
    channelLimits: container.resolve(tokens.channelLimits),
    channelSpending: container.resolve(tokens.channelSpending),
    selections: relay.selections,
    parts: relay.selecting,
  });
  return {
    groupsFor: (group, userGroup) => groups.allowedRoutes({ group, userGroup }),
    dialects: container.resolve(tokens.dialects).all,
    simulate: (call) => simulator.simulate(call),
  };
}

function groupDoors(container: DependencyContainer, { database, settings, secretBox }: Foundations): GroupDoors {
  const editor = container.resolve(tokens.editor);
  const groups = container.resolve(tokens.groups);
  const desk = new GroupDesk(editor, settings, systemClock);
  return {
    desk,
    sheets: () => database.snapshot((reader) => desk.sheets(reader)),
    assign: (author, group, assignment) => assignChannels(editor, secretBox, author, group, assignment),
    choosable: async (userId) => {
      const user = await findUser(database.knex, userId);
      if (user === undefined) return { items: [], autoOrder: [] };
      const { defaultGroupRatio } = settings.current(pricingSettings);
      const choosable = groups.usableBy(user.group).map(({ name, description }) => ({
        name,
        ...(description === undefined ? {} : { description }),
        ratio: user.ratio ?? groups.ratioOf(name, user.group)?.ratio ?? defaultGroupRatio,
        isOwn: name === user.group,
      }));
      return { items: choosable, autoOrder: groups.routesFor({ group: autoGroup, userGroup: user.group }) };
    },
  };
}

/** Anew after each change of the configuration. */
function publicPricesOf(container: DependencyContainer, { settings }: Foundations): ReadPublicPrices {
  const [models, channels, groups] = [
    container.resolve(tokens.models),
    container.resolve(tokens.channels),
    container.resolve(tokens.groups),
  ];
  let known: { readonly models: readonly Model[]; readonly channels: readonly Channel[]; readonly list: PublicPriceList } | undefined;
  return () => {
    if (!settings.current(priceSyncSettings).publish) throw new PricesNotPublishedError();
    // Models are read anew with every change, after groups and settings; channels come after them, where they have changed.
    if (known?.models !== models.priced() || known.channels !== channels.all()) {
      const list = publicPriceList({
        models,
        channels,
        groups,
        display: settings.current(modelsSettings),
        newUserGroup: settings.current(groupsSettings).newUserGroup,
        defaultGroupRatio: settings.current(pricingSettings).defaultGroupRatio,
        autoGroup,
      });
      known = { models: models.priced(), channels: channels.all(), list };
    }
    return known.list;
  };
}

function priceDoors(container: DependencyContainer, { database, settings }: Foundations): PriceDoors {
  const sync = container.resolve(tokens.priceSync);
  const editor = container.resolve(tokens.editor);
  const thenInForce = async <Result>(written: Promise<Result>): Promise<Result> => {
    const result = await written;
    await editor.announce();
    return result;
  };
  return {
    differences: (options) => sync.differences(options),
    missing: async () => ({
      items: await unpricedModels(database),
      refused: settings.current(pricingSettings).mode === 'commercial',
    }),
    latest: () => sync.latest(),
    queue: () => queuePriceSync(database, sync),
    apply: (choices, author) => thenInForce(sync.apply(choices, author)),
    applyUnopposed: (source, author) => thenInForce(sync.applyUnopposed(source, author)),
  };
}
