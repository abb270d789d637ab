import { type Dialect, operationOf, type ProviderCall, type SpokenDialect, type Thinking } from '@tollgate/plugin-kit';
import type { Channel, ChannelKey } from '../modules/channels/index.js';
import type { Candidate } from '../modules/routing/index.js';
import type { RelayCall } from './relay-call.js';

/** How bytes get from the client's language to the upstream's: unchanged, with a few fields edited, or translated. */
export type Lane = 'pass' | 'edit' | 'translate';

/** Where one attempt goes and in which language. */
export interface Route {
  readonly channel: Channel;
  readonly key: ChannelKey;
  readonly spoken: Spoken;
  readonly lane: Lane;
  /** Name of the model at the upstream. */
  readonly model: string;
  /** How the model shall think, where the name by which it was asked for says so. */
  readonly thinking?: Thinking;
  /** True if the thinking in the answer is delivered as text of it: then it is translated, whatever the caller's language. */
  readonly thinkingAsText: boolean;
  readonly attempt: number;
}

type Spoken = SpokenDialect<Record<string, unknown>>;
export type ResourceSpoken = Spoken & Required<Pick<Spoken, 'resourceUrl'>>;

/** The client's own language if the channel speaks it, else the provider's first that serves the model; undefined if none does. */
export function routeTo({ channel, key }: Candidate, call: Pick<RelayCall, 'facts' | 'dialect'>, attempt: number): Route | undefined {
  const asked = call.facts.model;
  const model = channel.modelMapping.get(asked) ?? asked;
  const spoken = channel.adapter.speaks.filter(
    (candidate) => usable(candidate, channel, model) && sameOperation(candidate.dialect, call.dialect),
  );
  const own = spoken.find(({ dialect }) => dialect.wire === call.dialect.wire);
  const chosen = own ?? (operationOf(call.dialect) === 'passed' ? undefined : spoken[0]);
  if (chosen === undefined) return undefined;
  // What names something that is stored reads only in its own language.
  const thinkingAsText = channel.options.thinkingToContent && operationOf(call.dialect) === 'generate' && call.facts.refersTo === undefined;
  const lane = own === undefined || thinkingAsText ? 'translate' : laneOf(own.dialect);
  return { channel, key, spoken: chosen, lane, thinkingAsText, ...namedModel(channel, chosen.dialect, asked), attempt };
}

/** The model's name at the upstream, and what the name by which it was asked for says of its thinking. A mapped name is taken as it is. */
function namedModel({ modelMapping }: Channel, { upstream }: Dialect, asked: string): Pick<Route, 'model' | 'thinking'> {
  const mapped = modelMapping.get(asked);
  const named = mapped === undefined ? upstream.thinkingInNames?.read(asked) : undefined;
  if (named === undefined) return { model: mapped ?? asked };
  return { model: modelMapping.get(named.model) ?? named.model, thinking: named.thinking };
}

/** How a channel reaches the resources of a dialect; undefined if it cannot. */
export function spokenForResources(channel: Channel, wire: string): ResourceSpoken | undefined {
  return channel.adapter.speaks.find(
    (spoken): spoken is ResourceSpoken => spoken.dialect.wire === wire && spoken.resourceUrl !== undefined && isNamed(spoken, channel),
  );
}

function usable(spoken: Spoken, channel: Channel, model: string): boolean {
  return isNamed(spoken, channel) && spoken.models?.(model) !== false;
}

/** A channel's list of dialects is about generation: the other operations have one dialect each, or a few that mean the same. */
function isNamed({ dialect, onDemand }: Spoken, { dialects }: Channel): boolean {
  if (dialects === undefined) return onDemand !== true;
  return dialects.has(dialect.id) || operationOf(dialect) !== 'generate';
}

function sameOperation(one: Dialect, other: Dialect): boolean {
  return operationOf(one) === operationOf(other);
}

function laneOf(dialect: Dialect): Lane {
  return dialect.edits === undefined ? 'pass' : 'edit';
}

/** The facts of an attempt as its adapter sees them. */
export function providerCallOf(call: RelayCall, route: Route): ProviderCall<Record<string, unknown>> {
  const sameLanguage = route.lane !== 'translate';
  return {
    config: route.key.config,
    model: route.model,
    stream: call.facts.stream,
    framing: sameLanguage ? call.framing : route.spoken.dialect.framing,
    dialect: route.spoken.dialect,
    clientHeaders: sameLanguage ? call.passHeaders : {},
  };
}
