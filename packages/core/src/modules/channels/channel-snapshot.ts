import type { Channel } from './channel.js';

/** A model that some channel of a group offers. */
export interface OfferedModel {
  readonly name: string;
  /** Id of the provider of the channel that is tried first. */
  readonly owner: string;
}

/** What one reload found: never changed, replaced as a whole. */
export interface ChannelSnapshot {
  /** Highest priority first. */
  readonly channels: readonly Channel[];
  /** Group → model → channels, highest priority first. */
  readonly candidates: ReadonlyMap<string, ReadonlyMap<string, readonly Channel[]>>;
  /** Group → what it offers, by name. */
  readonly offers: ReadonlyMap<string, readonly OfferedModel[]>;
}

export function snapshotOf(channels: readonly Channel[]): ChannelSnapshot {
  const candidates = new Map<string, Map<string, Channel[]>>();
  const sorted = [...channels].sort((one, other) => other.priority - one.priority);
  for (const channel of sorted) {
    for (const group of channel.groups) {
      const models = candidates.get(group) ?? new Map<string, Channel[]>();
      candidates.set(group, models);
      for (const model of channel.models) {
        const list = models.get(model);
        if (list === undefined) models.set(model, [channel]);
        else list.push(channel);
      }
    }
  }
  const offers = new Map([...candidates].map(([group, models]) => [group, offersOf(models)]));
  for (const models of candidates.values()) for (const list of models.values()) Object.freeze(list);
  return { channels: sorted, candidates, offers };
}

function offersOf(models: ReadonlyMap<string, readonly Channel[]>): readonly OfferedModel[] {
  const offers = [...models].map(([name, [first]]) => ({ name, owner: first?.adapter.id ?? '' }));
  return Object.freeze(offers.sort((one, other) => (one.name < other.name ? -1 : 1)));
}
