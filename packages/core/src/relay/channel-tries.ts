import { BadRequestError, type Verdict } from '@tollgate/plugin-kit';
import type { ResourceDirectory } from '../modules/resources/index.js';
import type { Candidate } from '../modules/routing/index.js';
import type { Selection } from './auto-selection.js';
import { homeAt } from './bound-channel.js';
import { type AttemptDoors, ChannelAttempts, type GrowthOf } from './channel-attempts.js';
import type { ClientReply } from './client-reply.js';
import { HedgedAttempts } from './hedged-attempts.js';
import type { RelayCall } from './relay-call.js';
import { OwnerSearch } from './owner-search.js';
import { AccountNotFoundYetError, NoChannelAvailableError, NoChannelError, UpstreamFailedError } from './relay-errors.js';
import { relaySettings } from './relay-settings.js';
import type { HeldCall, RunningCall } from './running-call.js';
import { TryPace } from './try-pace.js';

/** What trying needs of the house and of its relay. */
export interface TryDoors extends AttemptDoors {
  readonly random: () => number;
  readonly resources: Pick<ResourceDirectory, 'remember' | 'noteHomes'>;
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
   * @throws UpstreamFailedError, NoChannelError, NoChannelAvailableError, AccountNotFoundYetError, BadRequestError
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
    const search = new OwnerSearch(binding);
    while (!search.isSpent && pace.mayTry(course.attempts.length - search.missed)) {
      const ready = candidates.next();
      const tries = course.attempts.length - search.missed;
      const isPaused = ready === undefined || pace.pauseMs(tries) > 0;
      const candidate = isPaused ? await this.#later(running, candidates, pace, ready, tries) : ready;
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
      if (end.answered && end.ending === 'complete' && search.isOpen) this.#noteOwner(running, asked);
      if (end.answered || reply.gone) return;
      last = end.verdict;
      const isElsewhere = search.failed(last, asked.channel);
      candidates.failed(asked, isElsewhere ? 'key' : last.scope);
      if (last.retry === 'never' && !isElsewhere) break;
    }
    if (reply.gone) return;
    if (search.missed > 0) throw notFound(running, search, last, candidates.soonestMs);
    if (last !== undefined) throw new UpstreamFailedError(last, binding?.field);
    throw refusal ?? noneLeft(call, candidates.soonestMs);
  }

  /** It has answered: what the request names lies behind its key. */
  #noteOwner({ call }: RunningCall, { channel, key }: Candidate): void {
    void this.#doors.resources.noteHomes(call.principal.userId, call.facts.refersTo ?? [], homeAt(channel, key));
  }

  /** @param tries how many were made */
  #later(
    running: RunningCall,
    candidates: Selection,
    pace: TryPace,
    ready: Candidate | undefined,
    tries: number,
  ): Promise<Candidate | undefined> {
    if (ready === undefined) return this.#whenFree(running, candidates, pace);
    return this.#afterPause(running, candidates, pace, ready, tries);
  }

  /** The candidate after the pause before it, or another if it may not be asked any more. */
  async #afterPause(
    running: RunningCall,
    candidates: Selection,
    pace: TryPace,
    ready: Candidate,
    tries: number,
  ): Promise<Candidate | undefined> {
    const { reply } = running;
    await this.#pause(reply, pace.pauseMs(tries));
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

/** Some of the channel's keys have not got what the request names. Only where none has got it, it is gone. */
function notFound({ call, binding }: RunningCall, search: OwnerSearch, last: Verdict | undefined, soonestMs: number | undefined): Error {
  if (search.failure !== undefined) return new UpstreamFailedError(search.failure, binding?.field);
  if (last !== undefined && search.hasNobody) return new UpstreamFailedError(last);
  return soonestMs === undefined || search.isSpent ? new AccountNotFoundYetError(binding?.field) : noneLeft(call, soonestMs);
}
