import type { JsonObject, ProviderAdapter, RequestFacts } from '@tollgate/plugin-kit';
import type { CandidateList, Channel, ParameterRule } from '../modules/channels/index.js';
import { type InputWeight, weighBody } from './estimate-tokens.js';
import type { RelayCall, Translation } from './relay-call.js';
import { changeParameters, copiedForChange, instructionsFor, promptFor, rulesFor } from './request-rules.js';
import { type Route, routeTo } from './route.js';
import type { TokenScale } from './token-families.js';

/** What a channel makes of a request, as far as it decides what the call may cost. */
export interface ChangedRequest {
  readonly facts: RequestFacts;
  /** On top of the caller's own input. */
  readonly added: InputWeight | undefined;
}

/** What the options of channels do to requests for a model; one for all channels that do the same. */
interface Change {
  /** One of those channels. */
  readonly channel: Channel;
  readonly prompt: InputWeight | undefined;
  readonly rules: readonly ParameterRule[];
  /** What the rules bring, if all of it is read as input. */
  readonly values: InputWeight | undefined;
}

const noChanges: readonly Change[] = Object.freeze([]);

/**
 * What the channels that may serve a call add to its request: instructions of their own, and rules that may ask for more than the caller did.
 * Known for each list of candidates and model, so that a call whose channels change nothing pays one look-up for it.
 */
export class ChannelChanges {
  readonly #scaleFor: (adapter: ProviderAdapter, model: string) => TokenScale;
  readonly #known = new WeakMap<CandidateList, Map<string, readonly Change[]>>();

  constructor(scaleFor: (adapter: ProviderAdapter, model: string) => TokenScale) {
    this.#scaleFor = scaleFor;
  }

  /** The requests that the call may become, beside its own; undefined where it stays as it is on every channel. */
  of(call: RelayCall, list: CandidateList, translation: Translation): readonly ChangedRequest[] | undefined {
    const changes = this.#changesIn(list, call.facts.model);
    if (changes.length === 0) return undefined;
    return changes.flatMap((change) => {
      const route = routeTo({ channel: change.channel, key: change.channel.keys[0] as Channel['keys'][number] }, call, 1);
      return route === undefined ? [] : changedRequest(call, route, change, translation);
    });
  }

  #changesIn(list: CandidateList, model: string): readonly Change[] {
    let ofList = this.#known.get(list);
    if (ofList === undefined) this.#known.set(list, (ofList = new Map()));
    let changes = ofList.get(model);
    if (changes === undefined) ofList.set(model, (changes = this.#find(list, model)));
    return changes;
  }

  #find(list: CandidateList, model: string): readonly Change[] {
    const found = new Map<string, Change>();
    for (const { channels } of list.levels)
      for (const channel of channels) {
        const prompt = promptFor(channel.options, model);
        const rules = rulesFor(channel.options.parameters, model);
        if (prompt === undefined && rules.length === 0) continue;
        const upstreamModel = channel.modelMapping.get(model) ?? model;
        const dialects = channel.dialects === undefined ? undefined : [...channel.dialects];
        const { thinkingToContent } = channel.options;
        const key = JSON.stringify([channel.adapter.id, dialects, upstreamModel, thinkingToContent, prompt, rules]);
        if (found.has(key)) continue;
        const scale = this.#scaleFor(channel.adapter, upstreamModel);
        found.set(key, {
          channel,
          prompt: prompt && weighBody([{ role: 'system', content: prompt.text }], scale),
          rules,
          values: rules.length === 0 ? undefined : weighBody(valuesIn(rules), scale),
        });
      }
    return found.size === 0 ? noChanges : [...found.values()];
  }
}

/** An input with what comes on top of it. */
export function weightWith(weight: InputWeight, added: InputWeight | undefined): InputWeight {
  if (added === undefined) return weight;
  return {
    tokens: weight.tokens + added.tokens,
    audio: weight.audio + added.audio,
    image: weight.image + added.image,
    unknown: weight.unknown + added.unknown,
    cacheWrite: weight.cacheWrite ?? added.cacheWrite,
  };
}

/** What rules write, each value under the name of its field, as it will stand in a request. */
function valuesIn(rules: readonly ParameterRule[]): readonly JsonObject[] {
  return rules.flatMap((rule) =>
    [rule.default, rule.set].flatMap((fields) =>
      Object.entries(fields ?? {}).map(([path, value]) => ({ [path.slice(path.lastIndexOf('.') + 1)]: value })),
    ),
  );
}

function changedRequest(call: RelayCall, route: Route, { prompt, rules, values }: Change, translation: Translation): ChangedRequest {
  const instructed = instructionsFor(route.channel.options, route.spoken.dialect, call.facts.model) === undefined ? undefined : prompt;
  const added = instructed === undefined ? values : weightWith(instructed, values);
  return { facts: rules.length === 0 ? call.facts : factsAfter(call, route, rules, translation), added };
}

/**
 * What the request asks for once the rules have changed it, read as its upstream will read it. Where that cannot be read, because nobody serves that
 * language or because the rules break the request, it is held as one that states no maximum.
 */
function factsAfter(call: RelayCall, route: Route, rules: readonly ParameterRule[], translation: Translation): RequestFacts {
  const { outputTokensMax: _unbounded, ...unbounded } = call.facts;
  const { dialect } = route.spoken;
  try {
    const body = route.lane === 'translate' ? withoutTurns(call, route, translation) : copiedForChange(call.json, rules);
    changeParameters(body, rules, call.facts.model);
    if (route.lane !== 'translate') return call.dialect.client.inspect(body, call.target);
    const read = dialect.client?.inspect(body, targetAt(route, call));
    return read === undefined ? unbounded : { ...read, model: call.facts.model };
  } catch {
    return unbounded;
  }
}

/** What is said in a conversation bounds no answer: only the rest is translated. @throws BadRequestError */
function withoutTurns(call: RelayCall, { spoken, model }: Route, translation: Translation): JsonObject {
  const request = { ...translation.request(), model, turns: [] };
  return spoken.dialect.upstream.encodeRequest(request, translation.context(model, 'none'));
}

function targetAt({ spoken, model }: Route, { target }: RelayCall): RelayCall['target'] {
  const route = spoken.dialect.client?.routes[0] ?? target.route;
  return { route, pathModel: model, query: target.query };
}
