import { BadRequestError, operationOf } from '@tollgate/plugin-kit';
import { type Millipoints, millipointsFromPoints } from '../foundation/millipoints.js';
import type { LimitTicket } from '../modules/limits/index.js';
import { type Candidate, type Hedge, HedgeBudget, hedgeFor, routingSettings } from '../modules/routing/index.js';
import type { AttemptEnd } from './answer.js';
import type { Selection } from './auto-selection.js';
import type { AttemptDoors, ChannelAttempts, GrowthOf } from './channel-attempts.js';
import type { RelayCall } from './relay-call.js';
import { type Racer, ReplyRace } from './reply-race.js';
import type { Route } from './route.js';
import type { HeldCall } from './running-call.js';
import type { TryPace } from './try-pace.js';

/** What two attempts at one call share. */
interface Hedged {
  readonly running: HeldCall;
  readonly candidates: Selection;
  readonly growthOf: GrowthOf | undefined;
  readonly pace: TryPace;
  /** True where it is known that the request cannot be translated. */
  readonly isUntranslatable: boolean;
}

/** An attempt that may begin. */
interface Admitted {
  readonly candidate: Candidate;
  readonly route: Route;
  readonly room: LimitTicket | undefined;
}

interface Outcome {
  readonly candidate: Candidate;
  readonly end: AttemptEnd | BadRequestError;
}

/** The attempt that decides how the call goes on. */
export interface Tried extends Outcome {
  /** True if a second attempt was made beside the first. */
  readonly isHedged: boolean;
}

/** Attempts that get a second one beside them if they take long; of the two, the one that begins to answer first has the client. */
export class HedgedAttempts {
  readonly #doors: AttemptDoors;
  readonly #attempts: ChannelAttempts;
  readonly #budget = new HedgeBudget();

  constructor(doors: AttemptDoors, attempts: ChannelAttempts) {
    this.#doors = doors;
    this.#attempts = attempts;
  }

  /**
   * When an attempt in the group that is tried now is to be hedged; undefined if it is not. Of calls that are, each is counted.
   * @param countedRule the rule by which the call was counted already
   */
  hedgeFor({ call, quote, quotes, binding, trace }: HeldCall, countedRule: string | undefined): Hedge | undefined {
    const settings = this.#doors.settings.current(routingSettings);
    const hedge = hedgeFor(settings, call.facts.model, quote.rate.group);
    if (hedge === undefined || binding !== undefined || !mayRunTwice(call)) return undefined;
    const { hedgedCostMax, hedgedPercentMax } = settings;
    if (hedgedCostMax > 0 && isAnyAbove(quotes, millipointsFromPoints(hedgedCostMax))) {
      trace.notHedged('cost');
      return undefined;
    }
    if (hedge.rule !== countedRule) this.#budget.earn(hedge.rule, hedgedPercentMax);
    return hedge;
  }

  /**
   * The first attempt, and a second one if it takes long. One that fails while the other runs ends nothing.
   * @throws whatever is no failure of an upstream, unless the other attempt has answered
   */
  async run(hedge: Hedge, hedged: Hedged, admitted: Admitted): Promise<Tried> {
    const { faults } = this.#doors;
    const { running } = hedged;
    const race = new ReplyRace(running);
    if (faults !== undefined) await faults('hedge-delay');
    const first = this.#outcomeOf(hedged, admitted, race.enter(running.translation));
    const isDue = await race.isDue(hedge.afterMs, first);
    const second = isDue && this.#mayBegin(hedge, hedged) ? this.#beside(race, hedge, hedged, admitted.candidate) : undefined;
    const both = Promise.allSettled([first, second]);
    if (faults !== undefined) await faults('hedge-over');
    const [one, other] = await both;
    if (!race.isWon) running.reply.waitEnds();
    running.course.attempts.sort((before, after) => before.startedMs - after.startedMs);
    const isHedged = other.status === 'rejected' || other.value !== undefined;
    if (second !== undefined && !isHedged) this.#budget.giveBack(hedge.rule);
    return { ...this.#deciding(hedged, admitted.route, [one, other]), isHedged };
  }

  async #outcomeOf({ running, growthOf }: Hedged, { candidate, route, room }: Admitted, racer: Racer): Promise<Outcome> {
    return { candidate, end: await this.#attempts.within(room, running, route, growthOf, racer) };
  }

  #mayBegin({ rule }: Hedge, { running, pace }: Hedged): boolean {
    if (running.reply.gone || !pace.mayTry(running.course.attempts.length + 1)) return false;
    const isWithin = this.#budget.take(rule);
    if (!isWithin) running.trace.notHedged('share');
    return isWithin;
  }

  /** The second attempt; undefined where nothing is left to be asked, or the first has answered before it began. */
  async #beside(race: ReplyRace, { afterMs }: Hedge, hedged: Hedged, asked: Candidate): Promise<Outcome | undefined> {
    const { running, candidates, isUntranslatable } = hedged;
    for (let candidate = candidates.beside(asked, afterMs); candidate !== undefined; candidate = candidates.beside(asked, afterMs)) {
      const route = this.#attempts.routeFor(running.call, candidates, candidate, isUntranslatable, running.course.attempts.length + 2);
      if (route === undefined) continue;
      const room = await this.#attempts.admit(running, candidates, candidate, route);
      if (room === 'no') continue;
      if (!race.isWon) return this.#outcomeOf(hedged, { candidate, route, room }, race.enter(running.translation.beside()));
      candidates.giveBack(candidate);
      room?.end();
      return undefined;
    }
    running.trace.notHedged('no-other-channel');
    return undefined;
  }

  /** The one that has answered, or the failure that says how the call goes on; the other failure is noted here. */
  #deciding({ running, candidates }: Hedged, route: Route, settled: readonly PromiseSettledResult<Outcome | undefined>[]): Outcome {
    const outcomes = settled.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    const answered = outcomes.find(({ end }) => !BadRequestError.isInstance(end) && end.answered);
    if (answered === undefined && errors.length > 0) throw errors[0];
    for (const error of errors) this.#doors.tools.fault(error, route);
    if (answered !== undefined) return answered;
    const deciding = outcomes.find(({ end }) => isFinal(end)) ?? outcomes.find(({ end }) => end === running.course.end) ?? outcomes[0];
    for (const { candidate, end } of outcomes) {
      if (end === deciding?.end) continue;
      if (BadRequestError.isInstance(end)) candidates.passOver(candidate, 'cannot-translate');
      else if (!end.answered) candidates.failed(candidate, end.verdict.scope);
    }
    return deciding as Outcome;
  }
}

/** The dearest is what is held. */
function isAnyAbove(quotes: HeldCall['quotes'], amount: Millipoints): boolean {
  return quotes.some((quote) => quote.amount > amount);
}

/** True for a failure after which no other channel is asked. */
function isFinal(end: Outcome['end']): boolean {
  return !BadRequestError.isInstance(end) && !end.answered && end.verdict.retry === 'never';
}

/**
 * What a model says may be said twice, and one of the two be thrown away. What is kept at an upstream, and what tools do there, may not be done
 * twice; what only one dialect knows may be anything.
 */
function mayRunTwice({ facts, dialect }: RelayCall): boolean {
  const operation = operationOf(dialect);
  if (operation !== 'generate' && operation !== 'embed' && operation !== 'rerank') return false;
  return facts.keeps !== true && facts.serverTools === undefined && facts.toolImage === undefined && facts.hasEffects !== true;
}
