import type { ChannelDirectory } from '../channels/index.js';
import type { Group, GroupDirectory } from '../groups/index.js';
import type { Model, ModelDirectory, modelsSettings, Vendor } from '../models/index.js';
import type { Decimal } from '../pricing/index.js';
import type { SettingsValues } from '../settings/index.js';

/** A group that anybody may use who becomes a user, and what it costs them. */
export interface PublicGroup extends Pick<Group, 'name' | 'description'> {
  readonly ratio: Decimal;
}

/** A priced model, and the public groups whose channels offer it. */
export interface PublicModel {
  readonly model: Model;
  readonly groups: readonly string[];
}

/** What anybody may know of models and prices, as the settings `models` say that lists of models are shown. */
export interface PublicPriceList {
  /** In this order models stand together. */
  readonly groupBy: SettingsValues<typeof modelsSettings>['groupBy'];
  readonly vendors: readonly Vendor[];
  readonly groups: readonly PublicGroup[];
  /** What a new user's token of the group `auto` goes through. */
  readonly autoOrder: readonly string[];
  readonly models: readonly PublicModel[];
}

export interface PriceListParts {
  readonly models: Pick<ModelDirectory, 'find' | 'priced' | 'vendors'>;
  readonly channels: Pick<ChannelDirectory, 'modelsFor'>;
  readonly groups: Pick<GroupDirectory, 'usableBy' | 'ratioOf' | 'routesFor'>;
  readonly display: SettingsValues<typeof modelsSettings>;
  readonly newUserGroup: string;
  readonly defaultGroupRatio: Decimal;
  /** What a token says to be served by the automatic order. */
  readonly autoGroup: string;
}

/**
 * Models that have a price: those with a name of their own, and those that a public group offers and a pattern prices. A name that only other
 * groups offer is nobody's business.
 */
export function publicPriceList(parts: PriceListParts): PublicPriceList {
  const { models, channels, groups, display, newUserGroup, defaultGroupRatio, autoGroup } = parts;
  const usable = groups.usableBy(newUserGroup);
  const offers = new Map<string, string[]>();
  for (const { name: group } of usable)
    for (const { name } of channels.modelsFor(group)) offers.set(name, [...(offers.get(name) ?? []), group]);
  const priced = new Map(models.priced().map((model) => [model.name, model]));
  for (const name of offers.keys()) {
    const model = models.find(name);
    if (model?.enabled === true && model.price !== undefined) priced.set(name, model);
  }
  return {
    groupBy: display.groupBy,
    vendors: models.vendors().map((vendor) => shownVendor(vendor, display)),
    groups: usable.map(({ name, description }) => ({
      name,
      ...(description === undefined ? {} : { description }),
      ratio: groups.ratioOf(name, newUserGroup)?.ratio ?? defaultGroupRatio,
    })),
    autoOrder: groups.routesFor({ group: autoGroup, userGroup: newUserGroup }),
    models: [...priced.values()]
      .map((model) => ({ model: shownModel(model, display), groups: offers.get(model.name) ?? [] }))
      .sort(inGroups(display.groupBy)),
  };
}

function shownVendor(vendor: Vendor, { showIcons }: PriceListParts['display']): Vendor {
  const { icon: _icon, ...rest } = vendor;
  return showIcons ? vendor : rest;
}

function shownModel(model: Model, { showIcons, showDescriptions }: PriceListParts['display']): Model {
  const { icon, description, ...rest } = model;
  return {
    ...rest,
    ...(showIcons && icon !== undefined ? { icon } : {}),
    ...(showDescriptions && description !== undefined ? { description } : {}),
  };
}

/** What has no vendor or type stands last. */
function inGroups(groupBy: PublicPriceList['groupBy']): (one: PublicModel, other: PublicModel) => number {
  return ({ model: one }, { model: other }) => {
    const [first, second] = [one[groupBy], other[groupBy]];
    if (first === second) return one.name < other.name ? -1 : 1;
    if (first === undefined || second === undefined) return first === undefined ? 1 : -1;
    return first < second ? -1 : 1;
  };
}
