import { BadRequestError, type Verdict } from '@tollgate/plugin-kit';
import type { Candidate } from '../modules/routing/index.js';
import type { Selection } from './auto-selection.js';
import { type AttemptDoors, ChannelAttempts, type GrowthOf } from './channel-attempts.js';
import type { ClientReply } from './client-reply.js';
import { HedgedAttempts } from './hedged-attempts.js';
import type { RelayCall } from './relay-call.js';
import { NoChannelAvailableError, NoChannelError, UpstreamFailedError } from './relay-errors.js';
import { relaySettings } from './relay-settings.js';
import type { HeldCall, RunningCall } from './running-call.js';
import { TryPace } from './try-pace.js';

/** What trying needs of the house and of its relay. */
export interface TryDoors extends AttemptDoors {
  readonly random: () => number;
}

/** The attempts of a call: which channel is next, and what a failure means for the others. */
export class ChannelTries {
  readonly #doors: TryDoors;
  readonly #attempts: ChannelAttempts;
  readonly #hedged: HedgedAttempts;

  constructor(doors: TryDoors) {
    this.#doors = doors;
    this.#attempts = new ChannelAttempts(doors);
    this.#hedged = new HedgedAttempts(doors, this.#attempts);
  }

  /**
   * One channel after the other until one has answered, or none is left.
   * @throws UpstreamFailedError, NoChannelError, NoChannelAvailableError, BadRequestError
   */
  async run(running: RunningCall, candidates: Selection, growthOf: GrowthOf | undefined): Promise<void> {
    const { call, reply, course, binding } = running;
    const { settings, clock, random } = this.#doors;
    const pace = new TryPace(settings.current(relaySettings), call.startedAt, clock, random);
    const held = 'holdId' in running ? (running as HeldCall) : undefined;
    let isHedged = false;
    let countedRule: string | undefined;
    let last: Verdict | undefined;
    let refusal: BadRequestError | undefined;
    while (pace.mayTry(course.attempts.length)) {
      const ready = candidates.next();
      const isPaused = ready === undefined || pace.pauseMs(course.attempts.length) > 0;
      const candidate = isPaused ? await this.#later(running, candidates, pace, ready) : ready;
      if (candidate === undefined) break;
      const route = this.#attempts.routeFor(call, candidates, candidate, refusal !== undefined, course.attempts.length + 1);
      if (route === undefined) continue;
      const room = await this.#attempts.admit(running, candidates, candidate, route);
      if (room === 'no') continue;
      const hedge = held === undefined || isHedged ? undefined : this.#hedged.hedgeFor(held, countedRule);
      countedRule = hedge?.rule ?? countedRule;
      // Written out here: what is not hedged makes nothing for it, and waits for nothing.
      const tried =
        hedge === undefined || held === undefined
          ? undefined
          : await this.#hedged.run(
              hedge,
              { running: held, candidates, growthOf, pace, isUntranslatable: refusal !== undefined },
              { candidate, route, room },
            );
      if (tried?.isHedged === true) isHedged = true;
      const end = tried === undefined ? await this.#attempts.within(room, running, route, growthOf) : tried.end;
      const asked = tried === undefined ? candidate : tried.candidate;
      if (BadRequestError.isInstance(end)) {
        refusal = end;
        candidates.passOver(asked, 'cannot-translate');
        continue;
      }
      if (end.answered) candidates.answered(asked, end.verdict === undefined);
      if (end.answered || reply.gone) return;
      last = end.verdict;
      candidates.failed(asked, last.scope);
      if (last.retry === 'never') break;
    }
    if (reply.gone) return;
    if (last !== undefined) throw new UpstreamFailedError(last, binding?.field);
    throw refusal ?? noneLeft(call, candidates.soonestMs);
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
}

/** @param soonestMs of the channels that may not be asked now, when the first may; undefined: there is no such channel. */
function noneLeft({ facts, principal }: RelayCall, soonestMs: number | undefined): NoChannelError | NoChannelAvailableError {
  if (soonestMs === undefined) return new NoChannelError(facts.model, principal.group);
  return new NoChannelAvailableError(facts.model, Number.isFinite(soonestMs) ? soonestMs : undefined);
}
