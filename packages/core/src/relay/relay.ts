import { operationOf, type PluginIo, type ProviderAdapter } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import type { Logger } from '../foundation/logger.js';
import { type CandidateList, type Channel, type ChannelDirectory, type ChannelOptions } from '../modules/channels/index.js';
import type { GroupChoice, GroupDirectory } from '../modules/groups/index.js';
import type { ChannelHealth } from '../modules/health/index.js';
import { type Idempotency, IdempotencyKeyRunningError, type KeyClaim } from '../modules/idempotency/index.js';
import { type HoldRequest, type Ledger, ledgerSettings } from '../modules/ledger/index.js';
import type { GatewayMetrics } from '../modules/metrics/index.js';
import { type Model, type ModelDirectory, ModelNotFoundError } from '../modules/models/index.js';
import type { PriceBook } from '../modules/pricing/index.js';
import type { ResourceDirectory } from '../modules/resources/index.js';
import { ChannelLoads, ConversationPlaces, KeyTurns, routingSettings, type SelectionParts } from '../modules/routing/index.js';
import { settlementSettings } from '../modules/settlement/index.js';
import type { Settings } from '../modules/settings/index.js';
import { AnswerCapture } from './answer-capture.js';
import type { AttemptTools } from './attempt.js';
import { AutoSelection, type GroupOffer, type Selection } from './auto-selection.js';
import { callView } from './call-view.js';
import { CallSelections } from './call-selections.js';
import { estimateInput, type GrowthOf } from './channel-attempts.js';
import { ChannelChanges, weightWith } from './channel-changes.js';
import { ChannelTester } from './channel-tester.js';
import { ChannelTries } from './channel-tries.js';
import { type Binding, bindingOf } from './bound-channel.js';
import { boundTo, isNative } from './bound-offer.js';
import type { ChannelRoomDoors } from './channel-room.js';
import type { ClientReply } from './client-reply.js';
import { answerCount } from './count-tokens.js';
import { countedInput } from './counted-usage.js';
import { Drains } from './drains.js';
import { HoldGrowth } from './hold-growth.js';
import { KeyedCalls } from './keyed-calls.js';
import { KeepAlive } from './keep-alive.js';
import { MediaFetcher } from './media-fetcher.js';
import { mediaSettings } from './media-settings.js';
import { costOfMoreOutput, dearestOf, type Quote, quoteFor, widestOf } from './quote.js';
import { type RelayCall, Translation } from './relay-call.js';
import { NoChannelAvailableError, NoChannelError } from './relay-errors.js';
import type { RelayHooks } from './relay-hooks.js';
import { publicErrorOf } from './public-error.js';
import type { HeldCall, RunningCall } from './running-call.js';
import { Settler } from './settler.js';
import { selectedConversation } from './selected-conversation.js';
import { TokenCounter } from './token-counter.js';
import { TokenFamilies, type TokenScale, usualScale } from './token-families.js';
import { poolsOf, type UpstreamPools } from './upstream-pools.js';

/** What the relay needs of the house. */
export interface RelayDoors extends ChannelRoomDoors {
  readonly settings: Settings;
  readonly models: Pick<ModelDirectory, 'find'>;
  readonly channels: Pick<ChannelDirectory, 'candidatesFor'>;
  readonly groups: Pick<GroupDirectory, 'routesFor' | 'allowedRoutes'>;
  readonly health: ChannelHealth;
  readonly resources: Pick<ResourceDirectory, 'find' | 'remember' | 'noteHomes'>;
  readonly prices: Pick<PriceBook, 'rateFor'>;
  readonly ledger: Ledger;
  readonly idempotency: Idempotency;
  readonly hooks: RelayHooks;
  readonly ioOf: (adapter: ProviderAdapter, signal: AbortSignal, way: ChannelOptions) => PluginIo;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<GatewayMetrics, 'callSettled'>;
  readonly newId: () => string;
  readonly newPrefixedId: (prefix: string) => string;
  readonly random: () => number;
  readonly userAgent: string;
  readonly faults?: FaultSeam | undefined;
}

type Draft<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** One paid call, top to bottom: quote → hold → attempts → settle. Success, failure and hang-up all end in the same settlement. */
export class Relay {
  readonly #doors: RelayDoors;
  readonly #pools: UpstreamPools;
  readonly #settler: Settler;
  readonly #loads = new ChannelLoads();
  /** What is known of channels while calls run. */
  readonly selecting: SelectionParts;
  readonly selections: CallSelections;
  readonly tester: ChannelTester;
  readonly #tools: AttemptTools;
  readonly #drains: Drains;
  readonly #families = new TokenFamilies();
  readonly #changes = new ChannelChanges((adapter, model) => this.#families.scaleFor(adapter, model));
  readonly #counter: TokenCounter;
  readonly #keyedCalls: KeyedCalls;
  readonly #tries: ChannelTries;

  constructor(doors: RelayDoors) {
    this.#doors = doors;
    this.#pools = poolsOf(doors.log);
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
    const { health, random, clock } = doors;
    this.selecting = {
      health,
      loads: this.#loads,
      keyTurns: new KeyTurns(),
      places: new ConversationPlaces({ now: () => clock.now() }),
      random,
      now: () => clock.now(),
    };
    this.selections = new CallSelections({ ...doors, parts: this.selecting });
    this.tester = new ChannelTester({ ...doors, tools: this.#tools });
    this.#tries = new ChannelTries({ ...doors, tools: this.#tools, loads: this.#loads, families: this.#families });
  }

  /**
   * Answers the call, or throws what the caller shall be told instead.
   * @throws GroupNotAllowedError, ModelNotFoundError, NoChannelError, NoChannelAvailableError, NoPriceError, UncountablePriceError, InsufficientQuotaError, TokenQuotaError, SpendCapReachedError, UpstreamFailedError, BadRequestError, DeniedError,
   * ReferenceNotFoundError, ReferencesApartError, ResourceUnreachableError, ResourceAccountGoneError, AccountNotFoundYetError, IdempotencyKeyReusedError, IdempotencyKeyRunningError, AnswerNotKeptError
   */
  async run(call: RelayCall, reply: ClientReply): Promise<void> {
    const { hooks, models, groups, faults } = this.#doors;
    const routes = groups.allowedRoutes(call.principal);
    const model = models.find(call.facts.model);
    if (model?.enabled === false) throw new ModelNotFoundError(call.facts.model);
    const translation = new Translation(call, this.#doors.newPrefixedId, model?.outputTokensMax);
    const view = callView(call, translation, reply, routes[0] as string);
    if (faults !== undefined) await faults('request-hooks');
    if (hooks.onRequest !== null) await hooks.onRequest(view);
    const isFree = operationOf(call.dialect) === 'count-tokens';
    if (call.claim !== undefined && !isFree && (await this.#replayed(call.claim, reply))) return;

    const offered = this.#offersFor(call, routes);
    const binding = call.facts.refersTo === undefined ? undefined : await this.#bind(call, offered, translation);
    const offers = binding === undefined ? offered : [boundTo(binding, offered, call)];
    const { model: named } = call.facts;
    const trace = this.selections.traceOf(named, offers);
    const conversation = () => selectedConversation(call, this.#doors.settings.current(routingSettings));
    const candidates = this.selections.selectionOf(named, offers, { conversation, isBound: binding !== undefined }, trace);
    const scale = this.#scaleAt(firstOf(offered[0]?.list), call.facts.model);
    const input = estimateInput(call, scale, binding);
    const course = { attempts: [], extensions: 0 };
    const running: RunningCall = { call, reply, translation, view, scale, input, course, binding, trace };
    if (isFree) {
      await this.#count(running, candidates);
      return;
    }
    const held = await this.#holdOrReplay(running, model, offers);
    if (held !== undefined) await this.#pay(held, candidates);
  }

  /** Waits until every call that has ended is settled. Answers whose client has left are read on for no longer than the time given. */
  async drain(timeMaxMs: number): Promise<void> {
    this.#drains.stopAfter(timeMaxMs);
    await this.#settler.drain();
  }

  /** The scale by which a call to the model is estimated before anything is known of its way. */
  scaleFor(model: string, choice: GroupChoice): TokenScale {
    const { groups, channels } = this.#doors;
    for (const group of groups.routesFor(choice)) {
      const list = channels.candidatesFor(model, group);
      if (list.size > 0) return this.#scaleAt(firstOf(list), model);
    }
    return usualScale;
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
  async #holdOrReplay(running: RunningCall, model: Model | undefined, offers: readonly GroupOffer[]): Promise<HeldCall | undefined> {
    const { call, reply } = running;
    try {
      const held = await this.#hold(running, model, offers);
      if (call.claim !== undefined) reply.captureInto(new AnswerCapture());
      return held;
    } catch (error) {
      if (call.claim !== undefined && error instanceof IdempotencyKeyRunningError && (await this.#replayed(call.claim, reply)))
        return undefined;
      throw error;
    }
  }

  /** Sets aside what the call may cost, before anything is sent. */
  async #hold(running: RunningCall, model: Model | undefined, offers: readonly GroupOffer[]): Promise<HeldCall> {
    const { ledger, faults } = this.#doors;
    const { call } = running;
    const quotes = offers.map((offer) => this.#quoteIn(offer, running, model));
    const quote = quotes[0] as Quote;
    const { amount, rate } = quotes.length === 1 ? quote : dearestOf(quotes);
    const holdId = this.#doors.newId();
    const { userId, tokenId, spendCaps } = call.principal;
    const request: Draft<HoldRequest> = {
      holdId,
      ownerKind: 'call',
      ownerId: call.requestId,
      userId,
      tokenId,
      amount,
      rate,
    };
    if (spendCaps !== undefined) request.caps = spendCaps;
    if (call.claim !== undefined) request.claim = call.claim;
    if (faults !== undefined) await faults('hold');
    await ledger.hold(request);
    call.ticket?.awaitUsage();
    const { reply, translation, view, scale, input, course, binding, trace } = running;
    return { call, reply, translation, view, scale, input, course, binding, trace, quote, quotes, holdId, model };
  }

  /** Enough for whatever the group's channels make of the request. */
  #quoteIn({ group, list }: GroupOffer, running: RunningCall, model: Model | undefined): Quote {
    const { prices, settings } = this.#doors;
    const { call, translation, input, binding } = running;
    const { principal, facts, startedAt } = call;
    const caller = group === principal.group ? principal : { ...principal, group };
    const rate = prices.rateFor(model, facts.model, caller, startedAt);
    const bounds = settings.current(ledgerSettings);
    const quote = quoteFor(running, model, rate, bounds);
    const changed = this.#changes.of(call, list, translation);
    if (changed === undefined) return quote;
    const quoted = changed.map((request) => {
      const changedCall = { facts: request.facts, dialect: call.dialect };
      return quoteFor({ call: changedCall, input: weightWith(input, request.added), binding }, model, rate, bounds);
    });
    return widestOf([quote, ...quoted]);
  }

  async #pay(held: HeldCall, candidates: Selection): Promise<void> {
    const { faults } = this.#doors;
    if (candidates instanceof AutoSelection) candidates.onGroup = (group) => chargeIn(group, held);
    try {
      if (faults !== undefined) await faults('attempts');
      await this.#tries.run(held, candidates, this.#growthOf(held));
    } catch (error) {
      held.course.error = publicErrorOf(error);
      throw error;
    } finally {
      this.#settler.settle(held);
    }
  }

  /** Counting costs nothing, so nothing is held. A model whose channels cannot count is counted here, or estimated. */
  async #count(running: RunningCall, candidates: Selection): Promise<void> {
    const { faults } = this.#doors;
    try {
      if (faults !== undefined) await faults('attempts');
      await this.#tries.run(running, candidates, undefined);
    } catch (error) {
      if (!(error instanceof NoChannelError || error instanceof NoChannelAvailableError)) throw error;
      const { call, reply, scale, input } = running;
      if (faults !== undefined) await faults('token-count');
      answerCount(call, reply, input.tokens, scale.tokenizer?.id, await countedInput(running, scale, this.#counter));
    }
  }

  /** Of the groups that offer the model. @throws NoChannelError if none does */
  #offersFor({ facts, principal }: RelayCall, groups: readonly string[]): readonly GroupOffer[] {
    const offers = this.selections.offersFor(facts.model, groups);
    if (offers.length === 0) throw new NoChannelError(facts.model, principal.group);
    return offers;
  }

  /** @throws BadRequestError where every channel would have to translate the request, which says that state cannot be */
  async #bind(call: RelayCall, offers: readonly GroupOffer[], translation: Translation): Promise<Binding | undefined> {
    const { facts, principal } = call;
    const { faults } = this.#doors;
    const channels = offers.flatMap(({ list }) => list.levels.flatMap((level) => level.channels));
    if (!channels.some((channel) => isNative(channel, call))) translation.request();
    if (faults !== undefined) await faults('reference-look-up');
    return bindingOf(this.#doors.resources, principal.userId, facts.refersTo ?? []);
  }

  #growthOf(held: HeldCall): GrowthOf | undefined {
    const { ledger, settings, faults } = this.#doors;
    const { holdId, course } = held;
    const { heldOutputTokens, endedAboveTokens } = held.quote;
    if (endedAboveTokens === undefined) return undefined;
    const extendHold = async (tokens: number): Promise<boolean> => {
      if (faults !== undefined) await faults('extension');
      const enough = await ledger.extend(holdId, costOfMoreOutput(held.quote, tokens));
      if (enough) course.extensions += 1;
      return enough;
    };
    const { holdExtensionTokens: stepTokens, unheldOutputTokensMax: unheldTokensMax } = settings.current(ledgerSettings);
    return (meter) => new HoldGrowth(meter, { heldOutputTokens, endedAboveTokens, unheldTokensMax, stepTokens, extendHold });
  }
}

function firstOf(list: CandidateList | undefined): Channel | undefined {
  return list?.levels[0]?.channels[0];
}

/** From here on the call costs what it costs in this group. */
function chargeIn(group: string, held: HeldCall): void {
  held.quote = held.quotes.find(({ rate }) => rate.group === group) ?? held.quote;
}
