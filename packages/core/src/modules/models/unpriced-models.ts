import type { Database } from '../../storage/database.js';
import { readChannels } from '../channels/index.js';
import { readModels } from './model-store.js';

/** A model that callers can name and that has no price. */
export interface UnpricedModel {
  readonly model: string;
  /** Names of the enabled channels that offer it. */
  readonly channels: readonly string[];
  /** Groups that it is offered in. */
  readonly groups: readonly string[];
}

/** What enabled channels offer and nobody has priced, by name; models that are disabled cannot be called and need no price. */
export async function unpricedModels({ knex }: Pick<Database, 'knex'>): Promise<readonly UnpricedModel[]> {
  const [models, channels] = await Promise.all([readModels(knex), readChannels(knex)]);
  const settled = new Set(models.filter(({ enabled, price }) => !enabled || price !== undefined).map(({ name }) => name));
  const found = new Map<string, { readonly channels: string[]; readonly groups: Set<string> }>();
  for (const channel of channels.filter(({ enabled }) => enabled)) {
    for (const model of channel.models.filter((name) => !settled.has(name))) {
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
