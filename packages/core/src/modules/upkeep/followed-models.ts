import { ModelMapping, type StoredChannel } from '../channels/index.js';

/** What a sync remembers of a channel. */
export interface ModelListFinding {
  /** Names at the upstream, as it listed them last; empty as long as it never did. */
  readonly listed: readonly string[];
  /** Models of the channel that a sync has added. */
  readonly added: readonly string[];
  /** Names at the upstream that somebody has decided against, also while it lists them for once not. Absent: all of `listed` that is not offered. */
  readonly leftOut?: readonly string[];
  /** Names at the upstream to which models of the channel led after the sync. Absent: not known but for `added`. */
  readonly offered?: readonly string[];
  /** Code of the failure of the last attempt. */
  readonly failure?: string;
}

export interface ModelDifference {
  /** Names at the upstream that no model of the channel leads to. */
  readonly fresh: readonly string[];
  /** Models of the channel that lead to none that is there. */
  readonly gone: readonly string[];
}

type Offer = Pick<StoredChannel, 'models' | 'modelMapping'>;

/** By where models lead: one under another name is neither new nor gone. */
export function modelDifference(channel: Offer, listed: readonly string[]): ModelDifference {
  const upstreamOf = upstreamNames(channel);
  const served = new Set(channel.models.map(upstreamOf));
  const known = new Set(listed);
  return { fresh: [...known].filter((name) => !served.has(name)), gone: channel.models.filter((model) => !known.has(upstreamOf(model))) };
}

function upstreamNames({ modelMapping }: Pick<Offer, 'modelMapping'>): (model: string) => string {
  const mapping = new ModelMapping(modelMapping);
  return (model) => mapping.get(model) ?? model;
}

export interface FollowedModels {
  readonly models: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly finding: ModelListFinding;
}

/**
 * What becomes of a channel's models; undefined where none would be left. Where choices are kept, the first list only tells what there was to
 * choose from: what the channel did not offer then was left out by somebody, and so was what it offered once and does not any more. It stays
 * out until somebody offers it. What a sync has added goes when two lists in a row lack it: one may be incomplete.
 */
export function followedModels(
  channel: Offer,
  listed: readonly string[],
  before: ModelListFinding | undefined,
  keepCustom: boolean,
): FollowedModels | undefined {
  const { fresh, gone } = modelDifference(channel, listed);
  const upstreamOf = upstreamNames(channel);
  const leftOut = leftOutOf(channel, fresh, before);
  const lastListed = new Set(before?.listed ?? []);
  const ownBefore = new Set(before?.added ?? []);
  const added = keepCustom ? fresh.filter((name) => !leftOut.has(name)) : fresh;
  const removed = keepCustom ? gone.filter((model) => ownBefore.has(model) && !lastListed.has(upstreamOf(model))) : gone;
  const out = new Set(removed);
  const models = [...channel.models.filter((model) => !out.has(model)), ...added];
  if (models.length === 0 && removed.length > 0) return undefined;
  const own = new Set([...ownBefore, ...added]);
  const offered = new Set(models.map(upstreamOf));
  const finding = {
    listed: [...new Set(listed)],
    added: models.filter((model) => own.has(model)),
    leftOut: [...leftOut].filter((name) => !offered.has(name)),
    offered: [...offered],
  };
  return { models, added, removed, finding };
}

/** What a sync itself has taken away is not among them: it comes back with the upstream. */
function leftOutOf(channel: Offer, fresh: readonly string[], before: ModelListFinding | undefined): ReadonlySet<string> {
  if (before === undefined || before.listed.length === 0) return new Set(channel.models.length === 0 ? [] : fresh);
  const served = new Set(channel.models.map(upstreamNames(channel)));
  const known = [...(before.leftOut ?? before.listed), ...(before.offered ?? before.added)];
  return new Set(known.filter((name) => !served.has(name)));
}
