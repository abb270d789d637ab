import { BadRequestError, type Verdict } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import type { Channel } from '../modules/channels/index.js';
import type { AttemptPlace, ChannelHealth } from '../modules/health/index.js';
import type { LimitTicket } from '../modules/limits/index.js';
import type { ResourceDirectory } from '../modules/resources/index.js';
import type { Candidate, ChannelLoad, ChannelLoads } from '../modules/routing/index.js';
import type { Settings } from '../modules/settings/index.js';
import type { AttemptEnd } from './answer.js';
import { Attempt, type AttemptTools } from './attempt.js';
import type { Selection } from './auto-selection.js';
import { routeView, streamTap } from './call-view.js';
import { type ChannelRoomDoors, isBounded, takeRoom } from './channel-room.js';
import { type Binding, homeAt } from './bound-channel.js';
import type { AttemptDraft } from './call-course.js';
import type { InputWeight } from './estimate-tokens.js';
import type { HoldGrowth } from './hold-growth.js';
import { KeptFinder } from './kept-finder.js';
import { withTokens } from './kept-tokens.js';
import { isOwnerUnknown, verdictOnPlace } from './owner-search.js';
import { additionsOf } from './request-rules.js';
import type { RelayCall, Translation } from './relay-call.js';
import type { RelayHooks } from './relay-hooks.js';
import { relaySettings } from './relay-settings.js';
import { lostEnd, type Racer } from './reply-race.js';
import { routeTo, type Route } from './route.js';
import type { HeldCall, RunningCall } from './running-call.js';
import type { TokenFamilies, TokenScale } from './token-families.js';
import { canDropSeals } from './upstream-body.js';
import { UsageMeter } from './usage-meter.js';

/** What attempts need of the house and of their relay. */
export interface AttemptDoors extends ChannelRoomDoors {
  readonly settings: Settings;
  readonly health: ChannelHealth;
  readonly resources: Pick<ResourceDirectory, 'remember'>;
  readonly hooks: RelayHooks;
  readonly clock: Clock;
  readonly tools: AttemptTools;
  readonly loads: ChannelLoads;
  readonly families: TokenFamilies;
  readonly faults?: FaultSeam | undefined;
}

/** Watches a stream that may outgrow what is held for it. */
export type GrowthOf = (meter: UsageMeter) => HoldGrowth;

/** An attempt at one channel: whether it may be made, and what it leaves on record. */
export class ChannelAttempts {
  readonly #doors: AttemptDoors;
  /** Whose last whole answer stated its usage. The texts of others are kept while they pass: somebody may have to count them. */
  readonly #statingChannels = new Set<string>();

  constructor(doors: AttemptDoors) {
    this.#doors = doors;
  }

  /**
   * How the call gets to the candidate; undefined, and the candidate passed over, if it cannot.
   * @param isUntranslatable what could not be translated once needs a channel that speaks the caller's own dialect
   * @param attempt counts from 1
   */
  routeFor(call: RelayCall, candidates: Selection, candidate: Candidate, isUntranslatable: boolean, attempt: number): Route | undefined {
    const route = routeTo(candidate, call, attempt);
    if (route !== undefined && !(isUntranslatable && route.lane === 'translate')) return route;
    candidates.passOver(candidate, route === undefined ? 'no-such-operation' : 'cannot-translate');
    return undefined;
  }

  /** Room for the attempt where its channel is bounded; `no`, and the candidate passed over, where a plugin or a bound refuses it. */
  async admit(running: RunningCall, candidates: Selection, candidate: Candidate, route: Route): Promise<LimitTicket | 'no' | undefined> {
    const { hooks, faults, clock, health } = this.#doors;
    try {
      if (faults !== undefined) await faults('route-hooks');
      const { onRouted } = hooks;
      if (onRouted !== null && (await onRouted(running.view, routeView(route))) !== undefined) {
        candidates.passOver(candidate, 'vetoed');
        return 'no';
      }
      if (!isBounded(candidate.channel)) return undefined;
      const tokens = 'quote' in running ? (running as HeldCall).quote.heldTokens : running.input.tokens;
      if (faults !== undefined) await faults('channel-limits');
      const room = await takeRoom(this.#doors, route, tokens, clock.now());
      if (room === undefined || !('reason' in room)) return room;
      candidates.full(candidate, room);
      return 'no';
    } catch (error) {
      health.abandon(placeOf(route, running.call), clock.now());
      throw error;
    }
  }

  /**
   * One attempt, within the room that was given. What the answer of a paid call has taken of it stays taken until the call is settled.
   * @param racer set where it races with another one
   * @returns how it ended, or what in the request cannot be said in the channel's dialect
   */
  async within(
    room: LimitTicket | undefined,
    running: RunningCall,
    route: Route,
    growthOf: GrowthOf | undefined,
    racer?: Racer,
  ): Promise<AttemptEnd | BadRequestError> {
    let end: AttemptEnd | undefined;
    try {
      end = await this.#attemptAt(running, route, growthOf, racer);
      return end;
    } catch (error) {
      return refusalIn(error, route);
    } finally {
      if (room !== undefined && end?.answered === true && 'holdId' in running) running.course.channelTicket = room;
      else room?.end();
    }
  }

  /** One attempt, and one more without seals where the upstream refuses those. */
  async #attemptAt(running: RunningCall, route: Route, growthOf: GrowthOf | undefined, racer: Racer | undefined): Promise<AttemptEnd> {
    const translation = racer?.translation ?? running.translation;
    const end = await this.#attempt(running, route, growthOf, racer);
    if (end.answered || racer?.isLost === true || !this.#mayDropSeals(running, translation, route, end.verdict)) return end;
    translation.dropSeals();
    return this.#attempt(running, { ...route, attempt: running.course.attempts.length + 1 }, growthOf, racer);
  }

  /** Once in a call, and not where losses are refused: then the upstream's own refusal says more. */
  #mayDropSeals({ call, reply }: RunningCall, translation: Translation, route: Route, verdict: Verdict): boolean {
    if (verdict.retry !== 'without-seals' || translation.sealsDropped || reply.gone) return false;
    return this.#doors.settings.current(relaySettings).onLoss !== 'reject' && canDropSeals(call, route);
  }

  async #attempt(running: RunningCall, route: Route, growthOf: GrowthOf | undefined, racer: Racer | undefined): Promise<AttemptEnd> {
    const { call, view, course } = running;
    const { hooks, clock, faults, loads } = this.#doors;
    const translation = racer?.translation ?? running.translation;
    const meter = this.#meterFor(running, route);
    course.route = route;
    course.meter = meter;
    const startedAt = clock.now();
    const load = loads.of(route.channel.id);
    const tapSink = hooks.tapStream === null || !call.facts.stream ? undefined : hooks.tapStream(view, routeView(route));
    const { onUpstreamResponse } = hooks;
    const attempt = new Attempt(this.#doors.tools, {
      call,
      view,
      route,
      translation,
      reply: racer ?? running.reply,
      races: racer !== undefined,
      meter,
      held: 'holdId' in running ? (running as HeldCall) : undefined,
      growth: growthOf?.(meter),
      kept: this.#keptFinder(running, route),
      settings: this.#doors.settings.current(relaySettings),
      tap: tapSink && streamTap(route, translation, call, tapSink),
      headArrived: (status) => {
        if (status < 300) loads.measured(load, call.facts.model, clock.now() - startedAt);
        if (onUpstreamResponse !== null) void onUpstreamResponse(view, routeView(route), status);
      },
    });
    racer?.runs(attempt, route, meter);
    const end = await this.#reported(attempt, running, route, load, startedAt);
    if (faults !== undefined) await faults('attempt-over');
    if (racer?.isLost !== true) {
      course.route = route;
      course.meter = meter;
      course.end = end;
    }
    if (end.answered && end.ending === 'complete') this.#noteStatement(route.channel, meter);
    const durationMs = clock.now() - startedAt;
    const isLost = end === lostEnd;
    // How long it would have taken nobody knows: it was longer than this.
    if (isLost && attempt.upstreamStatus === undefined) loads.tookLonger(load, call.facts.model, durationMs);
    course.attempts.push(attemptRecord(attempt, end, route, meter, startedAt - call.startedAt, durationMs, racer));
    const { verdict } = end;
    if (verdict !== undefined && !isLost && hooks.onUpstreamError !== null) void hooks.onUpstreamError(view, routeView(route), verdict);
    return end;
  }

  /** One attempt, and what it says about its place. */
  async #reported(
    attempt: Attempt,
    { call, binding }: RunningCall,
    route: Route,
    load: ChannelLoad,
    startedAt: number,
  ): Promise<AttemptEnd> {
    const { health, clock, faults, loads } = this.#doors;
    const place = placeOf(route, call);
    let end: AttemptEnd | undefined;
    loads.begin(load);
    try {
      if (faults !== undefined) await faults('attempt');
      end = await attempt.run();
      return end;
    } finally {
      loads.end(load);
      if (end === undefined || saysNothing(end)) health.abandon(place, startedAt);
      else {
        const verdict = end.verdict && verdictOnPlace(end.verdict, isOwnerUnknown(binding, route.channel));
        const words = end.answered ? undefined : end.words;
        health.report({ ...place, verdict, words, mayDisable: route.channel.options.autoDisable, startedAt, at: clock.now() });
      }
    }
  }

  /** Channels of one model may serve it by models of different families. */
  #meterFor({ call, binding }: RunningCall, { channel, model, spoken, lane }: Route): UsageMeter {
    const scale = this.#doors.families.scaleFor(channel.adapter, model);
    const { tokens } = estimateInput(call, scale, binding);
    const framing = lane === 'pass' ? call.framing : spoken.dialect.framing;
    const meter = new UsageMeter(spoken.dialect, framing, call, tokens, scale, !this.#statingChannels.has(channel.id));
    meter.additions = additionsOf(channel.options, spoken.dialect, call.facts.model);
    return meter;
  }

  #noteStatement({ id }: Channel, { statements }: UsageMeter): void {
    if (statements > 0) this.#statingChannels.add(id);
    else this.#statingChannels.delete(id);
  }

  /** Whoever names what the upstream kept without saying how long it is brings what this call was held for. */
  #keptFinder(running: RunningCall, { channel, key, model, spoken, lane }: Route): KeptFinder | undefined {
    const { facts, principal, framing } = running.call;
    const { kept } = spoken.dialect;
    if (facts.keeps !== true || kept === undefined || lane === 'translate') return undefined;
    const scale = this.#doors.families.scaleFor(channel.adapter, model);
    const heldTokens = 'quote' in running ? (running as HeldCall).quote.heldTokens : undefined;
    return new KeptFinder(kept, framing, (made) =>
      this.#doors.resources.remember(principal.userId, homeAt(channel, key), withTokens(made, scale, heldTokens)),
    );
  }
}

/** Of the request itself, and of what it names that lives at an upstream. */
export function estimateInput({ weighed }: RelayCall, scale: TokenScale, binding: Binding | undefined): InputWeight {
  const weight = weighed.weightBy(scale);
  return binding === undefined ? weight : { ...weight, tokens: weight.tokens + binding.tokens, unknown: binding.tokens };
}

/** A client that left, a quota that ended or another attempt that was quicker is nothing about the place. */
function saysNothing(end: AttemptEnd): boolean {
  if (end.answered) return end.verdict === undefined && end.ending !== 'complete';
  return end === lostEnd;
}

function attemptRecord(
  { upstreamRequestId, upstreamStatus }: Attempt,
  end: AttemptEnd,
  { channel, key }: Route,
  meter: UsageMeter,
  startedMs: number,
  durationMs: number,
  racer: Racer | undefined,
): AttemptDraft {
  const record: AttemptDraft = { channelId: channel.id, startedMs, durationMs };
  if (key.id !== channel.id) record.keyId = key.id;
  if (upstreamRequestId !== undefined) record.upstreamRequestId = upstreamRequestId;
  if (upstreamStatus !== undefined) record.status = upstreamStatus;
  if (end.verdict !== undefined) record.failure = end.verdict.code;
  const hedge = racer?.place;
  if (hedge !== undefined) record.hedge = hedge;
  const burnt = end.answered ? undefined : meter.statedUsage();
  if (burnt !== undefined) record.usage = Object.fromEntries(Object.entries(burnt).filter(([, figure]) => figure !== 0));
  return record;
}

/** What an attempt at the route is made at. */
function placeOf({ channel, key }: Route, { facts }: RelayCall): AttemptPlace {
  return { channelId: channel.id, keyId: key.id, model: facts.model };
}

/** What the caller asks for and a translation cannot say. @throws every other error. */
function refusalIn(error: unknown, { lane }: Route): BadRequestError {
  if (lane === 'translate' && BadRequestError.isInstance(error)) return error;
  throw error;
}
