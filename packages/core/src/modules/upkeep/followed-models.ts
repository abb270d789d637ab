import { ModelMapping, type StoredChannel } from '../channels/index.js';

/** What a sync remembers of a channel. */
export interface ModelListFinding {
  /** Names at the upstream, as it listed them last; empty as long as it never did. */
  readonly listed: readonly string[];
  /** Models of the channel that a sync has added. */
  readonly added: readonly string[];
  /** Code of the failure of the last attempt. */
  readonly failure?: string;
}

export interface ModelDifference {
  /** Names at the upstream that no model of the channel leads to. */
  readonly fresh: readonly string[];
  /** Models of the channel that lead to none that is there. */
  readonly gone: readonly string[];
}

/** By where models lead: one under another name is neither new nor gone. */
export function modelDifference(
  { models, modelMapping }: Pick<StoredChannel, 'models' | 'modelMapping'>,
  listed: readonly string[],
): ModelDifference {
  const mapping = new ModelMapping(modelMapping);
  const upstreamOf = (model: string): string => mapping.get(model) ?? model;
  const served = new Set(models.map(upstreamOf));
  const known = new Set(listed);
  return { fresh: [...known].filter((name) => !served.has(name)), gone: models.filter((model) => !known.has(upstreamOf(model))) };
}

export interface FollowedModels {
  readonly models: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly finding: ModelListFinding;
}

/**
 * What becomes of a channel's models. Where choices are kept, the first list only tells what there was to choose from: what the channel did not
 * offer then was left out by somebody, and so was what was listed before and is not offered any more.
 */
export function followedModels(
  channel: Pick<StoredChannel, 'models' | 'modelMapping'>,
  listed: readonly string[],
  before: ModelListFinding | undefined,
  keepCustom: boolean,
): FollowedModels {
  const { fresh, gone } = modelDifference(channel, listed);
  const wasListed = before !== undefined && before.listed.length > 0;
  const seen = new Set(wasListed ? before.listed : channel.models.length === 0 ? [] : listed);
  const ownBefore = new Set(before?.added ?? []);
  const added = keepCustom ? fresh.filter((name) => !seen.has(name)) : fresh;
  const removed = keepCustom ? gone.filter((model) => ownBefore.has(model)) : gone;
  const out = new Set(removed);
  const models = [...channel.models.filter((model) => !out.has(model)), ...added];
  const own = new Set([...ownBefore, ...added]);
  return { models, added, removed, finding: { listed: [...new Set(listed)], added: models.filter((model) => own.has(model)) } };
}
