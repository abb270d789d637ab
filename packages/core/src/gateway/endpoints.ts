import type { DependencyContainer } from 'tsyringe';
import { systemClock } from '../foundation/clock.js';
import { accountEndpoint } from '../http/api/account.js';
import { type ApplyDoors, applyEndpoints } from '../http/api/apply.js';
import { auditEndpoint } from '../http/api/audit.js';
import { channelKeyEndpoints } from '../http/api/channel-keys.js';
import { channelEndpoints } from '../http/api/channels.js';
import type { Endpoint } from '../http/api/endpoint.js';
import { withOpenApi } from '../http/api/open-api.js';
import { type GroupDoors, groupEndpoints } from '../http/api/groups.js';
import { modelEndpoints } from '../http/api/models.js';
import { type PriceDoors, priceEndpoints } from '../http/api/prices.js';
import { providersEndpoint } from '../http/api/providers.js';
import { type RoutingDoors, routingEndpoint } from '../http/api/routing.js';
import { settingsEndpoints } from '../http/api/settings.js';
import { usageEndpoints } from '../http/api/usage.js';
import { vendorEndpoints } from '../http/api/vendors.js';
import { type ApplyContext, executeApply, exportConfiguration } from '../modules/apply/index.js';
import { assignChannels, changeChannels, changeKeys, ChannelDesk, readChannelNames } from '../modules/channels/index.js';
import { readAuditEvents } from '../modules/changes/index.js';
import { autoGroup, GroupDesk } from '../modules/groups/index.js';
import { accountOf, budgetOf, refundsOf } from '../modules/ledger/index.js';
import { ModelDesk, readModels, readVendors, unknownModels, unpricedModels } from '../modules/models/index.js';
import { PricesNotPublishedError, priceSyncSettings, queuePriceSync } from '../modules/price-sync/index.js';
import { pricingSettings } from '../modules/pricing/index.js';
import { editSection, readSection, readSections } from '../modules/settings/index.js';
import { usageOf, usageOfCall } from '../modules/usage/index.js';
import { findUser } from '../modules/users/index.js';
import { RoutingSimulator } from '../relay/routing-simulator.js';
import type { Foundations } from './foundations.js';
import { tokens } from './modules.js';
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
    ...priceEndpoints(priceDoors(container, foundations)),
    ...settingsEndpoints({
      sections: () => database.snapshot((reader) => readSections(settings, reader)),
      section: (name) => database.snapshot((reader) => readSection(settings, reader, name)),
      edit: (author, name, fields) => editSection(editor, settings, author, name, fields),
    }),
    ...applyEndpoints(applyDoors(container, foundations)),
    providersEndpoint(foundations.plugins.providers),
    ...endpointsOfChannels(container, foundations),
    routingEndpoint(routingDoors(container, foundations)),
    ...groupEndpoints(groupDoors(container, foundations)),
    ...modelEndpoints({ desk, models: () => readModels(database.knex), unknown: () => unknownModels(database) }),
    ...vendorEndpoints({ desk, vendors: () => readVendors(database.knex) }),
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
  const doors = { database, editor, secretBox, failing };
  return [
    ...channelEndpoints({ desk, circuits, changeAll: (author, filter, batch) => changeChannels(doors, author, filter, batch) }),
    ...channelKeyEndpoints({
      desk,
      circuits,
      changeKeys: (author, channelId, meant, action) => changeKeys(doors, author, channelId, meant, action),
    }),
  ];
}

function routingDoors(container: DependencyContainer, { settings }: Foundations): RoutingDoors {
  const relay = container.resolve(tokens.relay);
  const groups = container.resolve(tokens.groups);
  const simulator = new RoutingSimulator({ settings, selections: relay.selections, parts: relay.selecting });
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
      if (user === undefined) return { groups: [], autoOrder: [] };
      const { defaultGroupRatio } = settings.current(pricingSettings);
      const choosable = groups.usableBy(user.group).map(({ name, description }) => ({
        name,
        ...(description === undefined ? {} : { description }),
        ratio: user.ratio ?? groups.ratioOf(name, user.group)?.ratio ?? defaultGroupRatio,
        isOwn: name === user.group,
      }));
      return { groups: choosable, autoOrder: groups.routesFor({ group: autoGroup, userGroup: user.group }) };
    },
  };
}

function priceDoors(container: DependencyContainer, { database, settings }: Foundations): PriceDoors {
  const sync = container.resolve(tokens.priceSync);
  const models = container.resolve(tokens.models);
  const editor = container.resolve(tokens.editor);
  const thenInForce = async <Result>(written: Promise<Result>): Promise<Result> => {
    const result = await written;
    await editor.announce();
    return result;
  };
  return {
    publicModels: () => {
      if (!settings.current(priceSyncSettings).publish) throw new PricesNotPublishedError();
      return models.priced();
    },
    differences: (options) => sync.differences(options),
    missing: async () => ({
      missing: await unpricedModels(database),
      refused: settings.current(pricingSettings).mode === 'commercial',
    }),
    latest: () => sync.latest(),
    queue: () => queuePriceSync(database, sync),
    apply: (choices, author) => thenInForce(sync.apply(choices, author)),
    applyUnopposed: (source, author) => thenInForce(sync.applyUnopposed(source, author)),
  };
}
