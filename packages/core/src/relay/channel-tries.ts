import { BadRequestError, type Verdict } from '@tollgate/plugin-kit';
import type { Clock } from '../foundation/clock.js';
import type { FaultSeam } from '../foundation/fault-points.js';
import type { Channel } from '../modules/channels/index.js';
import type { AttemptPlace, ChannelHealth } from '../modules/health/index.js';
import type { LimitTicket } from '../modules/limits/index.js';
import type { ResourceDirectory } from '../modules/resources/index.js';
import type { Candidate, ChannelLoads, NoRoom } from '../modules/routing/index.js';
import type { Settings } from '../modules/settings/index.js';
import type { AttemptEnd } from './answer.js';
import { Attempt, type AttemptTools } from './attempt.js';
import type { Selection } from './auto-selection.js';
import { routeView, streamTap } from './call-view.js';
import { type ChannelRoomDoors, isBounded, takeRoom } from './channel-room.js';
import { type Binding, homeAt } from './bound-channel.js';
import type { AttemptDraft } from './call-course.js';
import type { ClientReply } from './client-reply.js';
import type { InputWeight } from './estimate-tokens.js';
import type { HoldGrowth } from './hold-growth.js';
import { KeptFinder } from './kept-finder.js';
import { withTokens } from './kept-tokens.js';
import type { RelayCall } from './relay-call.js';
import { NoChannelAvailableError, NoChannelError, UpstreamFailedError } from './relay-errors.js';
import type { RelayHooks } from './relay-hooks.js';
import { relaySettings } from './relay-settings.js';
import { routeTo, type Route } from './route.js';
import type { HeldCall, RunningCall } from './running-call.js';
import type { TokenFamilies, TokenScale } from './token-families.js';
import { canDropSeals } from './upstream-body.js';
import { TryPace } from './try-pace.js';
import { UsageMeter } from './usage-meter.js';

/** What trying needs of the house and of its relay. */
export interface TryDoors extends ChannelRoomDoors {
  readonly settings: Settings;
  readonly health: ChannelHealth;
  readonly resources: Pick<ResourceDirectory, 'remember'>;
  readonly hooks: RelayHooks;
  readonly clock: Clock;
  readonly random: () => number;
  readonly tools: AttemptTools;
  readonly loads: ChannelLoads;
  readonly families: TokenFamilies;
  readonly faults?: FaultSeam | undefined;
}

/** Watches a stream that may outgrow what is held for it. */
export type GrowthOf = (meter: UsageMeter) => HoldGrowth;

/** The attempts of a call: which channel is next, what a failure means for the others, and what each attempt leaves on record. */
export class ChannelTries {
  readonly #doors: TryDoors;
  /** Whose last whole answer stated its usage. The texts of others are kept while they pass: somebody may have to count them. */
  readonly #statingChannels = new Set<string>();

  constructor(doors: TryDoors) {
    this.#doors = doors;
  }

  /**
   * One channel after the other until one has answered, or none is left.
   * @throws UpstreamFailedError, NoChannelError, NoChannelAvailableError, BadRequestError
   */
  async run(running: RunningCall, candidates: Selection, growthOf: GrowthOf | undefined): Promise<void> {
    const { call, reply, course, binding } = running;
    const { settings, clock, random } = this.#doors;
    const pace = new TryPace(settings.current(relaySettings), call.startedAt, clock, random);
    let last: Verdict | undefined;
    let refusal: BadRequestError | undefined;
    while (pace.mayTry(course.attempts.length)) {
      const ready = candidates.next();
      const isPaused = ready === undefined || pace.pauseMs(course.attempts.length) > 0;
      const candidate = isPaused ? await this.#later(running, candidates, pace, ready) : ready;
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
      const room = isBounded(candidate.channel) ? await this.#roomAt(running, route) : undefined;
      if (room !== undefined && 'reason' in room) {
        candidates.full(candidate, room);
        continue;
      }
      const end = await this.#attemptWithin(room, running, route, growthOf).catch((error: unknown) => refusalIn(error, route));
      if (BadRequestError.isInstance(end)) {
        refusal = end;
        candidates.passOver(candidate, 'cannot-translate');
        continue;
      }
      if (end.answered) candidates.answered(candidate, end.verdict === undefined);
      if (end.answered || reply.gone) return;
      last = end.verdict;
      candidates.failed(candidate, last.scope);
      if (last.retry === 'never') break;
    }
    if (reply.gone) return;
    if (last !== undefined) throw new UpstreamFailedError(last, binding?.field);
    throw refusal ?? noneLeft(call, candidates.soonestMs);
  }

  async #roomAt(running: RunningCall, route: Route): Promise<LimitTicket | NoRoom | undefined> {
    const { faults, clock, health } = this.#doors;
    const tokens = 'quote' in running ? (running as HeldCall).quote.heldTokens : running.input.tokens;
    try {
      if (faults !== undefined) await faults('channel-limits');
      return await takeRoom(this.#doors, route, tokens, clock.now());
    } catch (error) {
      health.abandon(placeOf(route, running.call), clock.now());
      throw error;
    }
  }

  /** What the answer of a paid call has taken of its channel's room stays taken until the call is settled. */
  async #attemptWithin(
    room: LimitTicket | undefined,
    running: RunningCall,
    route: Route,
    growthOf: GrowthOf | undefined,
  ): Promise<AttemptEnd> {
    if (room === undefined) return this.#attemptAt(running, route, growthOf);
    let end: AttemptEnd | undefined;
    try {
      end = await this.#attemptAt(running, route, growthOf);
      return end;
    } finally {
      if (end?.answered === true && 'holdId' in running) running.course.channelTicket = room;
      else room.end();
    }
  }

  #later(running: RunningCall, candidates: Selection, pace: TryPace, ready: Candidate | undefined): Promise<Candidate | undefined> {
    return ready === undefined ? this.#whenFree(running, candidates, pace) : this.#afterPause(running, candidates, pace, ready);
  }

  /** The candidate after the pause before it, or another if it may not be asked any more. */
  async #afterPause(running: RunningCall, candidates: Selection, pace: TryPace, ready: Candidate): Promise<Candidate | undefined> {
    const { course, reply } = running;
    await this.#pause(reply, pace.pauseMs(course.attempts.length));
    if (!reply.gone && candidates.isStillFree(ready)) return ready;
    candidates.giveBack(ready);
    if (reply.gone) return undefined;
    candidates.startAgain();
    return candidates.next() ?? (await this.#whenFree(running, candidates, pace));
  }

  /** Waits for a channel that is free soon, if there is one. Undefined if there is none, or the client has left. */
  async #whenFree(running: RunningCall, candidates: Selection, pace: TryPace): Promise<Candidate | undefined> {
    const { reply } = running;
    // Whoever pays nothing gets an answer of our own at once.
    let waitMs = 'holdId' in running ? pace.channelWaitMs(candidates.soonestMs) : undefined;
    while (waitMs !== undefined) {
      await this.#pause(reply, waitMs);
      if (reply.gone) return undefined;
      candidates.startAgain();
      const candidate = candidates.next();
      if (candidate !== undefined) return candidate;
      waitMs = pace.channelWaitMs(candidates.soonestMs);
    }
    return undefined;
  }

  async #pause(reply: ClientReply, pauseMs: number): Promise<void> {
    const { faults } = this.#doors;
    if (faults !== undefined) await faults('attempt-pause');
    await reply.pause(pauseMs);
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
    const attempt = new Attempt(this.#doors.tools, {
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
        if (status < 300) this.#doors.loads.measured(route.channel.id, call.facts.model, clock.now() - startedAt);
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
    this.#doors.loads.begin(route.channel.id);
    try {
      if (faults !== undefined) await faults('attempt');
      end = await attempt.run();
      return end;
    } finally {
      this.#doors.loads.end(route.channel.id);
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
    const scale = this.#doors.families.scaleFor(channel.adapter, model);
    const { tokens } = estimateInput(call, scale, binding);
    const framing = lane === 'pass' ? call.framing : spoken.dialect.framing;
    return new UsageMeter(spoken.dialect, framing, call, tokens, scale, !this.#statingChannels.has(channel.id));
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
