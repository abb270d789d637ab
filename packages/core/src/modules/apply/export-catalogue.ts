import type { Group } from '../groups/index.js';
import type { Model, Vendor } from '../models/index.js';
import { fieldsOfPrice } from '../price-sync/index.js';
import type { Settings } from '../settings/index.js';
import type { ApplyState } from './apply-state.js';
import { type ExportPlaceholders, stated, withoutVariables } from './export-placeholders.js';

type Fields = Readonly<Record<string, unknown>>;

/** Name → fields. Their limits and strategies stand in the settings. */
export function exportedGroups(groups: Iterable<Group>): Fields {
  return named(groups, ({ description, ratio, ratiosByUserGroup, usableBy }) => ({
    description,
    ratio,
    ratiosByUserGroup,
    usableBy: usableBy.length === 0 ? undefined : usableBy,
  }));
}

export function exportedVendors(vendors: Iterable<Vendor>): Fields {
  return named(vendors, ({ icon, description }) => ({ icon, description }));
}

/** With who set their prices: what was taken over from others stays so. */
export function exportedModels(models: Iterable<Model>): readonly Fields[] {
  return byName(models).map(({ id: _id, createdAt: _createdAt, price, priceSource, enabled, name, ...facts }) => {
    const fields = stated({
      name,
      ...(price === undefined ? {} : fieldsOfPrice(price)),
      priceSource: priceSource === 'manual' ? undefined : priceSource,
      ...facts,
      enabled,
    });
    return withoutVariables(fields) as Fields;
  });
}

/** Section → field → value, of the fields that somebody has set. */
export function exportedSettings(state: ApplyState, settings: Settings, placeholders: ExportPlaceholders): Fields {
  const sections = [...state.settings].sort(([one], [other]) => (one < other ? -1 : 1));
  const exported = sections.map(([section, values]) => {
    const { secrets } = settings.definition(section);
    const fields = Object.entries(values)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([field, value]) => {
        const place = ['settings', section, field];
        return [field, secrets.has(field) ? placeholders.at(place, 'setting', section, field) : withoutVariables(value)] as const;
      });
    return [section, Object.fromEntries(fields)] as const;
  });
  return Object.fromEntries(exported.filter(([, fields]) => Object.keys(fields).length > 0));
}

function named<Thing extends { readonly name: string }>(things: Iterable<Thing>, fieldsOf: (thing: Thing) => Fields): Fields {
  return Object.fromEntries(byName(things).map((thing) => [thing.name, withoutVariables(stated(fieldsOf(thing)))]));
}

/** So that the same configuration gives the same file. */
function byName<Thing extends { readonly name: string }>(things: Iterable<Thing>): readonly Thing[] {
  return [...things].sort((one, other) => (one.name < other.name ? -1 : 1));
}
