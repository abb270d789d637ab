import { BadRequestError, operationOf, type PluginIo, type ProviderAdapter, type Verdict } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import type { Logger } from '../foundation/logger.js';
import { type CandidateList, candidateListOf, type Channel, type ChannelDirectory } from '../modules/channels/index.js';
import type { AttemptPlace, ChannelHealth } from '../modules/health/index.js';
import { type Idempotency, IdempotencyKeyRunningError, type KeyClaim } from '../modules/idempotency/index.js';
import { type HoldRequest, type Ledger, ledgerSettings } from '../modules/ledger/index.js';
import type { Model, ModelDirectory } from '../modules/models/index.js';
import type { PriceBook } from '../modules/pricing/index.js';
import { type ResourceDirectory, ResourceUnreachableError } from '../modules/resources/index.js';
import { ChannelLoads, ChannelSelection, KeyTurns, routingSettings, strategyFor, TraceWriter } from '../modules/routing/index.js';
import { settlementSettings } from '../modules/settlement/index.js';
import type { Settings } from '../modules/settings/index.js';
import type { AttemptEnd } from './answer.js';
import { AnswerCapture } from './answer-capture.js';
import { Attempt, type AttemptTools } from './attempt.js';
import { callView, routeView, streamTap } from './call-view.js';
import { type Binding, bindingOf } from './bound-channel.js';
import type { ClientReply } from './client-reply.js';
import { answerCount } from './count-tokens.js';
import { countedInput } from './counted-usage.js';
import type { AttemptDraft } from './call-course.js';
import { Drains } from './drains.js';
import type { InputWeight } from './estimate-tokens.js';
import { HoldGrowth } from './hold-growth.js';
import { KeyedCalls } from './keyed-calls.js';
import { KeepAlive } from './keep-alive.js';
import { MediaFetcher } from './media-fetcher.js';
import { mediaSettings } from './media-settings.js';
import { KeptFinder } from './kept-finder.js';
import { withTokens } from './kept-tokens.js';
import { costOfMoreOutput, quoteFor } from './quote.js';
import { type RelayCall, Translation } from './relay-call.js';
import { NoChannelAvailableError, NoChannelError, UpstreamFailedError } from './relay-errors.js';
import type { RelayHooks } from './relay-hooks.js';
import { relaySettings } from './relay-settings.js';
import { routeTo, type Route } from './route.js';
import { publicErrorOf } from './public-error.js';
import type { HeldCall, RunningCall } from './running-call.js';
import { Settler } from './settler.js';
import { TokenCounter } from './token-counter.js';
import { TokenFamilies, type TokenScale, usualScale } from './token-families.js';
import { canDropSeals } from './upstream-body.js';
import { UpstreamPools } from './upstream-pools.js';
import { UsageMeter } from './usage-meter.js';

/** What the relay needs of the house. */
export interface RelayDoors {
  readonly settings: Settings;
  readonly models: Pick<ModelDirectory, 'find'>;
  readonly channels: Pick<ChannelDirectory, 'candidatesFor'>;
  readonly health: ChannelHealth;
  readonly resources: Pick<ResourceDirectory, 'find' | 'remember'>;
  readonly prices: Pick<PriceBook, 'rateFor'>;
  readonly ledger: Ledger;
  readonly idempotency: Idempotency;
  readonly hooks: RelayHooks;
  readonly ioOf: (adapter: ProviderAdapter, signal: AbortSignal) => PluginIo;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  readonly newPrefixedId: (prefix: string) => string;
  readonly random: () => number;
  readonly userAgent: string;
  readonly faults?: FaultSeam | undefined;
}

type Draft<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Watches a stream that may outgrow what is held for it. */
type GrowthOf = (meter: UsageMeter) => HoldGrowth;

/** One paid call, top to bottom: quote → hold → attempts → settle. Success, failure and hang-up all end in the same settlement. */
export class Relay {
  readonly #doors: RelayDoors;
  readonly #pools = new UpstreamPools();
  readonly #settler: Settler;
  readonly #loads = new ChannelLoads();
  readonly #keyTurns = new KeyTurns();
  readonly #tools: AttemptTools;
  readonly #drains: Drains;
  readonly #families = new TokenFamilies();
  /** Whose last whole answer stated its usage. The texts of others are kept while they pass: somebody may have to count them. */
  readonly #statingChannels = new Set<string>();
  readonly #counter: TokenCounter;
  readonly #keyedCalls: KeyedCalls;

  constructor(doors: RelayDoors) {
    this.#doors = doors;
    this.#keyedCalls = new KeyedCalls(doors.idempotency);
    this.#counter = new TokenCounter({ failed: (reason) => doors.log.warn({ err: reason }, 'Tokens could not be counted') });
    this.#settler = new Settler({
      ...doors,
      counter: this.#counter,
      keyedCalls: this.#keyedCalls,
      policyOf: (model, ending) => model?.settlement?.[ending] ?? doors.settings.current(settlementSettings)[ending],
    });
    this.#drains = new Drains(() => doors.settings.current(settlementSettings));
    this.#tools = {
      drains: this.#drains,
      settler: this.#settler,
      pools: this.#pools,
      keepAlive: new KeepAlive(),
      media: new MediaFetcher(() => doors.settings.current(mediaSettings), doors.userAgent),
      ioOf: doors.ioOf,
      userAgent: doors.userAgent,
      faults: doors.faults,
      fault: (error, route) => doors.log.error({ err: error, channel: route.channel.name }, 'An adapter failed'),
    };
  }

  /**
   * Answers the call, or throws what the caller shall be told instead.
   * @throws NoChannelError, NoChannelAvailableError, NoPriceError, UncountablePriceError, InsufficientQuotaError, TokenQuotaError, SpendCapReachedError, UpstreamFailedError, BadRequestError, DeniedError,
   * ReferenceNotFoundError, ReferencesApartError, ResourceUnreachableError, IdempotencyKeyReusedError, IdempotencyKeyRunningError, AnswerNotKeptError
   */
  async run(call: RelayCall, reply: ClientReply): Promise<void> {
    const { hooks, models, faults } = this.#doors;
    const model = models.find(call.facts.model);
    const translation = new Translation(call, this.#doors.newPrefixedId, model?.outputTokensMax);
    const view = callView(call, translation, reply);
    if (faults !== undefined) await faults('request-hooks');
    if (hooks.onRequest !== null) await hooks.onRequest(view);
    const isFree = operationOf(call.dialect) === 'count-tokens';
    if (call.claim !== undefined && !isFree && (await this.#replayed(call.claim, reply))) return;

    const offered = this.#candidatesFor(call, model?.enabled !== false);
    const binding = call.facts.refersTo === undefined ? undefined : await this.#bind(call, offered, translation);
    const candidates = this.#selectionOf(call, binding === undefined ? offered : boundTo(binding, offered, call));
    const scale = this.#scaleAt(firstOf(offered), call.facts.model);
    const input = estimateInput(call, scale, binding);
    const course = { attempts: [], extensions: 0 };
    const running: RunningCall = { call, reply, translation, view, scale, input, course, binding };
    if (isFree) {
      await this.#count(running, candidates);
      return;
    }
    const held = await this.#holdOrReplay(running, model);
    if (held !== undefined) await this.#pay(held, candidates);
  }

  /** Waits until every call that has ended is settled. Answers whose client has left are read on for no longer than the time given. */
  async drain(timeMaxMs: number): Promise<void> {
    this.#drains.stopAfter(timeMaxMs);
    await this.#settler.drain();
  }

  /** The scale by which a call to the model is estimated before anything is known of its way. */
  scaleFor(model: string, group: string): TokenScale {
    return this.#scaleAt(firstOf(this.#doors.channels.candidatesFor(model, group)), model);
  }

  #scaleAt(channel: Channel | undefined, model: string): TokenScale {
    return channel === undefined ? usualScale : this.#families.scaleFor(channel.adapter, channel.modelMapping.get(model) ?? model);
  }

  async close(): Promise<void> {
    await this.#pools.close();
    await this.#tools.media.close();
    await this.#counter.close();
  }

  /** True if the key has an answer, and that was given. @throws IdempotencyKeyReusedError, IdempotencyKeyRunningError, AnswerNotKeptError */
  async #replayed(claim: KeyClaim, reply: ClientReply): Promise<boolean> {
    const { faults } = this.#doors;
    if (faults !== undefined) await faults('idempotency-look-up');
    return await this.#keyedCalls.replay(claim, reply);
  }

  /** Of calls that come at once with one key, one is made; to the others it is told how that one stands. Undefined if its answer was given. */
  async #holdOrReplay(running: RunningCall, model: Model | undefined): Promise<HeldCall | undefined> {
    const { call, reply } = running;
    try {
      const held = await this.#hold(running, model);
      if (call.claim !== undefined) reply.captureInto(new AnswerCapture());
      return held;
    } catch (error) {
      if (call.claim !== undefined && error instanceof IdempotencyKeyRunningError && (await this.#replayed(call.claim, reply)))
        return undefined;
      throw error;
    }
  }

  /** Sets aside what the call may cost, before anything is sent. */
  async #hold(running: RunningCall, model: Model | undefined): Promise<HeldCall> {
    const { prices, ledger, settings, faults } = this.#doors;
    const { call } = running;
    const rate = prices.rateFor(model, call.facts.model, call.principal, call.startedAt);
    const quote = quoteFor(running, model, rate, settings.current(ledgerSettings));
    const holdId = this.#doors.newId();
    const { userId, tokenId, spendCaps } = call.principal;
    const request: Draft<HoldRequest> = {
      holdId,
      ownerKind: 'call',
      ownerId: call.requestId,
      userId,
      tokenId,
      amount: quote.amount,
      rate,
    };
    if (spendCaps !== undefined) request.caps = spendCaps;
    if (call.claim !== undefined) request.claim = call.claim;
    if (faults !== undefined) await faults('hold');
    await ledger.hold(request);
    call.ticket?.awaitUsage();
    const { reply, translation, view, scale, input, course, binding } = running;
    return { call, reply, translation, view, scale, input, course, binding, quote, holdId, model };
  }

  async #pay(held: HeldCall, candidates: ChannelSelection): Promise<void> {
    const { faults } = this.#doors;
    try {
      if (faults !== undefined) await faults('attempts');
      await this.#tryChannels(held, candidates, this.#growthOf(held));
    } catch (error) {
      held.course.error = publicErrorOf(error);
      throw error;
    } finally {
      this.#settler.settle(held);
    }
  }

  /** Counting costs nothing, so nothing is held. A model whose channels cannot count is counted here, or estimated. */
  async #count(running: RunningCall, candidates: ChannelSelection): Promise<void> {
    try {
      await this.#tryChannels(running, candidates, undefined);
    } catch (error) {
      if (!(error instanceof NoChannelError || error instanceof NoChannelAvailableError)) throw error;
      const { call, reply, scale, input } = running;
      const { faults } = this.#doors;
      if (faults !== undefined) await faults('token-count');
      answerCount(call, reply, input.tokens, scale.tokenizer?.id, await countedInput(running, scale, this.#counter));
    }
  }

  #candidatesFor({ facts, principal }: RelayCall, modelEnabled: boolean): CandidateList {
    const list = modelEnabled ? this.#doors.channels.candidatesFor(facts.model, principal.group) : undefined;
    if (list === undefined || list.size === 0) throw new NoChannelError(facts.model, principal.group);
    return list;
  }

  #selectionOf({ facts, principal }: RelayCall, list: CandidateList): ChannelSelection {
    const { health, random, clock, settings } = this.#doors;
    const strategy = strategyFor(settings.current(routingSettings), facts.model, principal.group);
    const parts = { health, loads: this.#loads, keyTurns: this.#keyTurns, random, now: () => clock.now() };
    return new ChannelSelection(list, { model: facts.model, strategy }, parts, new TraceWriter());
  }

  /** @throws BadRequestError where every channel would have to translate the request, which says that state cannot be */
  async #bind(call: RelayCall, { levels }: CandidateList, translation: Translation): Promise<Binding | undefined> {
    const { facts, principal } = call;
    const { faults } = this.#doors;
    if (!levels.some(({ channels }) => channels.some((channel) => isNative(channel, call)))) translation.request();
    if (faults !== undefined) await faults('reference-look-up');
    return bindingOf(this.#doors.resources, principal.userId, facts.refersTo ?? []);
  }

  async #tryChannels(running: RunningCall, candidates: ChannelSelection, growthOf: GrowthOf | undefined): Promise<void> {
    const { call, reply, course, binding } = running;
    const { attemptsMax, attemptsTimeMaxMs } = this.#doors.settings.current(relaySettings);
    let last: Verdict | undefined;
    let refusal: BadRequestError | undefined;
    while (course.attempts.length < attemptsMax && this.#doors.clock.now() - call.startedAt < attemptsTimeMaxMs) {
      const candidate = candidates.next();
      if (candidate === undefined) break;
      const route = routeTo(candidate, call, course.attempts.length + 1);
      // What could not be translated once needs a channel that speaks the caller's own dialect.
      if (route === undefined || (refusal !== undefined && route.lane === 'translate')) {
        candidates.passOver(candidate, route === undefined ? 'no-such-operation' : 'cannot-translate');
        continue;
      }
      if (await this.#vetoed(running, route)) {
        candidates.passOver(candidate, 'vetoed');
        continue;
      }
      const end = await this.#attemptAt(running, route, growthOf).catch((error: unknown) => refusalIn(error, route));
      if (BadRequestError.isInstance(end)) {
        refusal = end;
        candidates.passOver(candidate, 'cannot-translate');
        continue;
      }
      if (end.answered || reply.gone) return;
      last = end.verdict;
      candidates.failed(candidate, last.scope);
      if (last.retry === 'never') break;
    }
    if (last !== undefined) throw new UpstreamFailedError(last, binding?.field);
    throw refusal ?? noneLeft(call, candidates.soonestMs);
  }

  /** One attempt, and one more without seals where the upstream refuses those. */
  async #attemptAt(running: RunningCall, route: Route, growthOf: GrowthOf | undefined): Promise<AttemptEnd> {
    const end = await this.#attempt(running, route, growthOf);
    if (end.answered || !this.#mayDropSeals(running, route, end.verdict)) return end;
    running.translation.dropSeals();
    return this.#attempt(running, { ...route, attempt: running.course.attempts.length + 1 }, growthOf);
  }

  /** Once in a call, and not where losses are refused: then the upstream's own refusal says more. */
  #mayDropSeals({ call, reply, translation }: RunningCall, route: Route, verdict: Verdict): boolean {
    if (verdict.retry !== 'without-seals' || translation.sealsDropped || reply.gone) return false;
    return this.#doors.settings.current(relaySettings).onLoss !== 'reject' && canDropSeals(call, route);
  }

  async #vetoed({ call, view }: RunningCall, route: Route): Promise<boolean> {
    const { hooks, faults, health, clock } = this.#doors;
    try {
      if (faults !== undefined) await faults('route-hooks');
      const { onRouted } = hooks;
      return onRouted !== null && (await onRouted(view, routeView(route))) !== undefined;
    } catch (error) {
      health.abandon(placeOf(route, call), clock.now());
      throw error;
    }
  }

  async #attempt(running: RunningCall, route: Route, growthOf: GrowthOf | undefined): Promise<AttemptEnd> {
    const { call, reply, translation, view, course } = running;
    const { hooks, clock, faults } = this.#doors;
    const meter = this.#meterFor(running, route);
    course.route = route;
    course.meter = meter;
    const startedAt = clock.now();
    const tapSink = hooks.tapStream === null || !call.facts.stream ? undefined : hooks.tapStream(view, routeView(route));
    const { onUpstreamResponse } = hooks;
    const attempt = new Attempt(this.#tools, {
      call,
      view,
      route,
      translation,
      reply,
      meter,
      held: 'holdId' in running ? (running as HeldCall) : undefined,
      growth: growthOf?.(meter),
      kept: this.#keptFinder(running, route),
      settings: this.#doors.settings.current(relaySettings),
      tap: tapSink && streamTap(route, translation, call, tapSink),
      headArrived: (status) => {
        if (status < 300) this.#loads.measured(route.channel.id, call.facts.model, clock.now() - startedAt);
        if (onUpstreamResponse !== null) void onUpstreamResponse(view, routeView(route), status);
      },
    });
    const end = await this.#reported(attempt, call, route, startedAt);
    if (faults !== undefined) await faults('attempt-over');
    course.end = end;
    if (end.answered && end.ending === 'complete') this.#noteStatement(route.channel, meter);
    const { verdict } = end;
    course.attempts.push(attemptRecord(attempt, end, route, meter, startedAt - call.startedAt, clock.now() - startedAt));
    if (verdict !== undefined && hooks.onUpstreamError !== null) void hooks.onUpstreamError(view, routeView(route), verdict);
    return end;
  }

  /** What an attempt says about its place. A client that leaves, or a quota that ends, is no outcome. */
  async #reported(attempt: Attempt, call: RelayCall, route: Route, startedAt: number): Promise<AttemptEnd> {
    const { health, clock, faults } = this.#doors;
    const place = placeOf(route, call);
    let end: AttemptEnd | undefined;
    this.#loads.begin(route.channel.id);
    try {
      if (faults !== undefined) await faults('attempt');
      end = await attempt.run();
      return end;
    } finally {
      this.#loads.end(route.channel.id);
      if (end === undefined || (end.verdict === undefined && end.answered && end.ending !== 'complete')) health.abandon(place, startedAt);
      else {
        const { verdict } = end;
        const words = end.answered ? undefined : end.words;
        health.report({ ...place, verdict, words, mayDisable: route.channel.options.autoDisable, startedAt, at: clock.now() });
      }
    }
  }

  /** Channels of one model may serve it by models of different families. */
  #meterFor({ call, binding }: RunningCall, { channel, model, spoken, lane }: Route): UsageMeter {
    const scale = this.#families.scaleFor(channel.adapter, model);
    const { tokens } = estimateInput(call, scale, binding);
    const framing = lane === 'pass' ? call.framing : spoken.dialect.framing;
    return new UsageMeter(spoken.dialect, framing, call, tokens, scale, !this.#statingChannels.has(channel.id));
  }

  #noteStatement({ id }: Channel, { statements }: UsageMeter): void {
    if (statements > 0) this.#statingChannels.add(id);
    else this.#statingChannels.delete(id);
  }

  /** Whoever names what the upstream kept without saying how long it is brings what this call was held for. */
  #keptFinder(running: RunningCall, { channel, model, spoken, lane }: Route): KeptFinder | undefined {
    const { facts, principal, framing } = running.call;
    const { kept } = spoken.dialect;
    if (facts.keeps !== true || kept === undefined || lane === 'translate') return undefined;
    const scale = this.#families.scaleFor(channel.adapter, model);
    const heldTokens = 'quote' in running ? (running as HeldCall).quote.heldTokens : undefined;
    return new KeptFinder(kept, framing, (made) =>
      this.#doors.resources.remember(principal.userId, channel.id, withTokens(made, scale, heldTokens)),
    );
  }

  #growthOf({ holdId, quote, course }: HeldCall): GrowthOf | undefined {
    const { ledger, settings, faults } = this.#doors;
    const { heldOutputTokens, endedAboveTokens } = quote;
    if (endedAboveTokens === undefined) return undefined;
    const extendHold = async (tokens: number): Promise<boolean> => {
      if (faults !== undefined) await faults('extension');
      const enough = await ledger.extend(holdId, costOfMoreOutput(quote, tokens));
      if (enough) course.extensions += 1;
      return enough;
    };
    const { holdExtensionTokens: stepTokens, unheldOutputTokensMax: unheldTokensMax } = settings.current(ledgerSettings);
    return (meter) => new HoldGrowth(meter, { heldOutputTokens, endedAboveTokens, unheldTokensMax, stepTokens, extendHold });
  }
}

/** Of the request itself, and of what it names that lives at an upstream. */
function estimateInput({ weighed }: RelayCall, scale: TokenScale, binding: Binding | undefined): InputWeight {
  const weight = weighed.weightBy(scale);
  return binding === undefined ? weight : { ...weight, tokens: weight.tokens + binding.tokens, unknown: binding.tokens };
}

function attemptRecord(
  { upstreamRequestId, upstreamStatus }: Attempt,
  end: AttemptEnd,
  { channel, key }: Route,
  meter: UsageMeter,
  startedMs: number,
  durationMs: number,
): AttemptDraft {
  const record: AttemptDraft = { channelId: channel.id, startedMs, durationMs };
  if (key.id !== channel.id) record.keyId = key.id;
  if (upstreamRequestId !== undefined) record.upstreamRequestId = upstreamRequestId;
  if (upstreamStatus !== undefined) record.status = upstreamStatus;
  if (end.verdict !== undefined) record.failure = end.verdict.code;
  const burnt = end.answered ? undefined : meter.statedUsage();
  if (burnt !== undefined) record.usage = Object.fromEntries(Object.entries(burnt).filter(([, figure]) => figure !== 0));
  return record;
}

/** What an attempt at the route is made at. */
function placeOf({ channel, key }: Route, { facts }: RelayCall): AttemptPlace {
  return { channelId: channel.id, keyId: key.id, model: facts.model };
}

/** @param soonestMs of the channels that may not be asked now, when the first may; undefined: there is no such channel. */
function noneLeft({ facts, principal }: RelayCall, soonestMs: number | undefined): NoChannelError | NoChannelAvailableError {
  if (soonestMs === undefined) return new NoChannelError(facts.model, principal.group);
  return new NoChannelAvailableError(facts.model, Number.isFinite(soonestMs) ? soonestMs : undefined);
}

/** What the caller asks for and a translation cannot say. @throws every other error. */
function refusalIn(error: unknown, { lane }: Route): BadRequestError {
  if (lane === 'translate' && BadRequestError.isInstance(error)) return error;
  throw error;
}

/** @throws ResourceUnreachableError */
function boundTo({ channelId, field }: Binding, { levels }: CandidateList, call: RelayCall): CandidateList {
  for (const { channels } of levels) {
    const owner = channels.find(({ id }) => id === channelId);
    if (owner !== undefined && isNative(owner, call)) return candidateListOf([owner]);
  }
  throw new ResourceUnreachableError(field, call.facts.model);
}

function firstOf({ levels }: CandidateList): Channel | undefined {
  return levels[0]?.channels[0];
}

function isNative(channel: Channel, call: RelayCall): boolean {
  const [key] = channel.keys;
  const route = key && routeTo({ channel, key }, call, 1);
  return route !== undefined && route.lane !== 'translate';
}
