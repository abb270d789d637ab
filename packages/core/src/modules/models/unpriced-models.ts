import type { Database } from '../../storage/database.js';
import { readChannels } from '../channels/index.js';
import type { EffectiveModel } from './model.js';
import { ModelCatalogue } from './model-catalogue.js';
import { readModels } from './model-store.js';

/** A model that callers can name and of which something is not known. */
export interface OfferedModelName {
  readonly model: string;
  /** Names of the enabled channels that offer it. */
  readonly channels: readonly string[];
  /** Groups that it is offered in. */
  readonly groups: readonly string[];
}

export type UnpricedModel = OfferedModelName;

/** What enabled channels offer and nobody has priced, by name; models that are disabled cannot be called and need no price. */
export function unpricedModels(database: Pick<Database, 'knex'>): Promise<readonly UnpricedModel[]> {
  return offeredModels(database, (model) => model === undefined || (model.enabled && model.price === undefined));
}

/** What enabled channels offer and no entry of the catalogue says anything of, by name. */
export function unknownModels(database: Pick<Database, 'knex'>): Promise<readonly OfferedModelName[]> {
  return offeredModels(database, (model) => model === undefined);
}

async function offeredModels(
  { knex }: Pick<Database, 'knex'>,
  isWanted: (model: EffectiveModel | undefined) => boolean,
): Promise<readonly OfferedModelName[]> {
  const [models, channels] = await Promise.all([readModels(knex), readChannels(knex)]);
  const catalogue = new ModelCatalogue(models);
  const found = new Map<string, { readonly channels: string[]; readonly groups: Set<string> }>();
  for (const channel of channels.filter(({ enabled }) => enabled)) {
    for (const model of channel.models.filter((name) => isWanted(catalogue.find(name)))) {
      const offered = found.get(model) ?? { channels: [], groups: new Set() };
      found.set(model, offered);
      offered.channels.push(channel.name);
      for (const group of channel.groups) offered.groups.add(group);
    }
  }
  return [...found]
    .map(([model, offered]) => ({ model, channels: offered.channels, groups: [...offered.groups].sort() }))
    .sort((one, other) => (one.model < other.model ? -1 : 1));
}
