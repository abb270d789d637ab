import { type ClientSide, type JsonObject, operationOf, type ProviderAdapter, type RequestFacts } from '@tollgate/plugin-kit';
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
  /** The same for what is the same. */
  readonly key: string;
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
  readonly #weighed = new WeakMap<Channel['options'], Map<string, Omit<Change, 'channel'>>>();

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
        const change = this.#changeOf(channel, model);
        if (change !== undefined && !found.has(change.key)) found.set(change.key, change);
      }
    return found.size === 0 ? noChanges : [...found.values()];
  }

  /** Kept by the channel's options: lists are made anew for calls that may go to one channel only. */
  #changeOf(channel: Channel, model: string): Change | undefined {
    const { options, adapter } = channel;
    const prompt = promptFor(options, model);
    const rules = rulesFor(options.parameters, model);
    if (prompt === undefined && rules.length === 0) return undefined;
    const upstreamModel = channel.modelMapping.get(model) ?? model;
    let ofOptions = this.#weighed.get(options);
    if (ofOptions === undefined) this.#weighed.set(options, (ofOptions = new Map()));
    const place = `${upstreamModel}\0${model}`;
    let weighed = ofOptions.get(place);
    if (weighed === undefined) {
      const scale = this.#scaleFor(adapter, upstreamModel);
      weighed = {
        key: JSON.stringify([
          adapter.id,
          channel.dialects && [...channel.dialects],
          upstreamModel,
          options.thinkingToContent,
          prompt,
          rules,
        ]),
        prompt: prompt && weighBody([{ role: 'system', content: prompt.text }], scale),
        rules,
        values: rules.length === 0 ? undefined : weighBody(valuesIn(rules), scale),
      };
      ofOptions.set(place, weighed);
    }
    return { ...weighed, channel };
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
    cacheWrite: longerOf(weight.cacheWrite, added.cacheWrite),
  };
}

/** All of an input is held at the price of the longer mark that it may get. */
function longerOf(one: InputWeight['cacheWrite'], other: InputWeight['cacheWrite']): InputWeight['cacheWrite'] {
  return one === '1h' || other === '1h' ? '1h' : (one ?? other);
}

/** What rules write, each value in its place, as it will stand in a request. */
function valuesIn(rules: readonly ParameterRule[]): readonly unknown[] {
  return rules.flatMap((rule) =>
    [rule.default, rule.set].flatMap((fields) =>
      Object.entries(fields ?? {}).map(([path, value]) =>
        path.split('.').reduceRight<unknown>((inner, part) => ({ [part]: inner }), value),
      ),
    ),
  );
}

function changedRequest(call: RelayCall, route: Route, { prompt, rules, values }: Change, translation: Translation): ChangedRequest {
  const instructed = instructionsFor(route.channel.options, route.spoken.dialect, call.facts.model) === undefined ? undefined : prompt;
  const added = instructed === undefined ? values : weightWith(instructed, values);
  if (rules.length === 0) return { facts: call.facts, added };
  if (route.lane !== 'translate') return { facts: factsOfEdited(call, route, rules, translation), added };
  // Nothing but what is generated has a length that a request bounds.
  const isBounded = operationOf(call.dialect) === 'generate';
  return { facts: isBounded ? factsOfTranslated(call, route, rules, translation) : call.facts, added };
}

/** What the request asks for once habits and rules have changed it, read as its upstream will read it. */
function factsOfEdited(call: RelayCall, { spoken, model }: Route, rules: readonly ParameterRule[], translation: Translation): RequestFacts {
  const { edits } = spoken.dialect;
  try {
    let body: JsonObject = call.json;
    if (edits?.request !== undefined) {
      body = treeCopy(call.json) as JsonObject;
      edits.request(body, translation.context(model, 'none'), call.passHeaders);
    }
    return readBy(call.dialect.client, ruled(body, rules, call), call.target, call);
  } catch {
    return withoutMaximum(call.facts);
  }
}

/**
 * The same of a translated request. What is said in a conversation bounds no answer: a request is encoded that says nothing and is as
 * bounded as the caller's, whose other facts stay.
 */
function factsOfTranslated(call: RelayCall, route: Route, rules: readonly ParameterRule[], translation: Translation): RequestFacts {
  const { facts } = call;
  const { client } = route.spoken.dialect;
  const encoded = (outputTokensMax: number | undefined): JsonObject => encodedEmpty(call, route, outputTokensMax, translation);
  try {
    const body = ruled(encoded(facts.outputTokensMax), rules, call);
    if (client === undefined) return withMaximumAt(placeOf(encoded(probeTokens), probeTokens), body, facts);
    const read = readBy(client, body, targetAt(route, call), call);
    const { choices = 1, outputTokensMax } = read;
    const outputKinds = union(facts.outputKinds, read.outputKinds);
    const serverTools = union(facts.serverTools, read.serverTools);
    return {
      ...withoutMaximum(facts),
      choices,
      ...(outputTokensMax === undefined ? {} : { outputTokensMax }),
      ...(outputKinds === undefined ? {} : { outputKinds }),
      ...(serverTools === undefined ? {} : { serverTools }),
      ...(read.toolImage === undefined ? {} : { toolImage: read.toolImage }),
    };
  } catch {
    return withoutMaximum(facts);
  }
}

function encodedEmpty(
  call: RelayCall,
  { spoken, model }: Route,
  outputTokensMax: number | undefined,
  translation: Translation,
): JsonObject {
  const context = translation.context(model, 'none');
  const maximum = outputTokensMax === undefined ? {} : { outputTokensMax };
  const body = spoken.dialect.upstream.encodeRequest({ model, stream: call.facts.stream, turns: [], ...maximum }, context);
  spoken.dialect.edits?.request?.(body, context);
  return body;
}

function ruled(body: JsonObject, rules: readonly ParameterRule[], { facts }: RelayCall): JsonObject {
  const copy = copiedForChange(body, rules);
  changeParameters(copy, rules, facts.model);
  return copy;
}

/** Some vendors have the model in the path, and its field taken out. @throws BadRequestError */
function readBy(client: ClientSide, body: JsonObject, target: RelayCall['target'], { facts }: RelayCall): RequestFacts {
  const { modelKey } = client;
  const named = modelKey === undefined || body[modelKey] !== undefined ? body : { ...body, [modelKey]: facts.model };
  return { ...client.inspect(named, target), model: facts.model };
}

function withoutMaximum({ outputTokensMax: _outputTokensMax, ...facts }: RequestFacts): RequestFacts {
  return facts;
}

/** A maximum by which is found where a language has it that nobody serves, and nothing else reads. */
const probeTokens = 977;

/** Where the number stands in the body; undefined where it does not. */
function placeOf(body: JsonObject, number: number): readonly string[] | undefined {
  for (const [field, value] of Object.entries(body)) {
    if (value === number) return [field];
    const below = isRecord(value) ? placeOf(value, number) : undefined;
    if (below !== undefined) return [field, ...below];
  }
  return undefined;
}

/** Rules that leave the maximum alone leave the facts alone; so do all rules of a language that has none. */
function withMaximumAt(place: readonly string[] | undefined, body: JsonObject, facts: RequestFacts): RequestFacts {
  if (place === undefined) return facts;
  const value = place.reduce<unknown>((inner, field) => (isRecord(inner) ? inner[field] : undefined), body);
  return typeof value === 'number' && value > 0 ? { ...facts, outputTokensMax: value } : withoutMaximum(facts);
}

/** Undefined where neither says anything. */
function union<Value>(one: readonly Value[] | undefined, other: readonly Value[] | undefined): readonly Value[] | undefined {
  return one === undefined || other === undefined ? (one ?? other) : [...new Set([...one, ...other])];
}

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All objects and lists anew; texts, which are most of a long request, are shared. @throws RangeError where it is nested without end */
function treeCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(treeCopy);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, treeCopy(inner)]));
}

function targetAt({ spoken, model }: Route, { target }: RelayCall): RelayCall['target'] {
  const route = spoken.dialect.client?.routes[0] ?? target.route;
  return { route, pathModel: model, query: target.query };
}
