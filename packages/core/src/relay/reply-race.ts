import { verdictForKind } from '@tollgate/plugin-kit';
import type { AttemptEnd } from './answer.js';
import type { AttemptReply } from './client-reply.js';
import type { Translation } from './relay-call.js';
import type { Route } from './route.js';
import type { HeldCall } from './running-call.js';
import type { UsageMeter } from './usage-meter.js';

/** How an attempt ends that was stopped since another one has answered: it says nothing about its place. */
export const lostEnd: AttemptEnd = {
  answered: false,
  verdict: verdictForKind('server', 502, 'Another attempt has answered.', 'hedge_lost'),
};

/**
 * Two attempts at one call. The first that begins to answer the client has it, and the call goes on as if that one had been alone: the other
 * is stopped in the same moment, so that no two ever write.
 */
export class ReplyRace {
  readonly #running: HeldCall;
  readonly #racers: Racer[] = [];
  #winner: Racer | undefined;
  #decided: () => void = () => undefined;

  constructor(running: HeldCall) {
    this.#running = running;
  }

  /** True once one of them answers. */
  get isWon(): boolean {
    return this.#winner !== undefined;
  }

  enter(translation: Translation): Racer {
    const racer = new Racer(this.#running.reply, translation, {
      claim: (claiming) => this.#claim(claiming),
      isLost: (asking) => this.#winner !== undefined && this.#winner !== asking,
      placeOf: (asking) => (this.#racers.length < 2 ? undefined : this.#racers[0] === asking ? 'first' : 'second'),
    });
    this.#racers.push(racer);
    return racer;
  }

  /** Resolves to true after the time, or to false as soon as the first attempt answers, or is over. */
  isDue(afterMs: number, first: Promise<unknown>): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(true), afterMs);
      this.#decided = () => {
        clearTimeout(timer);
        resolve(false);
      };
      first.then(this.#decided, this.#decided);
    });
  }

  #claim(racer: Racer): void {
    if (this.#winner !== undefined) return;
    this.#winner = racer;
    racer.takeOver(this.#running);
    for (const other of this.#racers) if (other !== racer) other.giveUp();
    this.#decided();
  }
}

interface Stoppable {
  readonly isOver: boolean;
  giveUp(): void;
}

interface RaceOfRacer {
  claim(racer: Racer): void;
  isLost(racer: Racer): boolean;
  placeOf(racer: Racer): 'first' | 'second' | undefined;
}

/** One of the attempts in a race, and its way back to the client: what it says before it answers is said if it does. */
export class Racer implements AttemptReply {
  readonly translation: Translation;
  #attempt: Stoppable | undefined;
  #route: Route | undefined;
  #meter: UsageMeter | undefined;
  #answers = false;
  #drainListener: (() => void) | undefined;
  readonly #headers = new Map<string, string>();

  readonly #reply: HeldCall['reply'];
  readonly #race: RaceOfRacer;

  constructor(reply: HeldCall['reply'], translation: Translation, race: RaceOfRacer) {
    this.#reply = reply;
    this.translation = translation;
    this.#race = race;
  }

  /** What it is that races, from now on. */
  runs(attempt: Stoppable, route: Route, meter: UsageMeter): void {
    this.#attempt = attempt;
    this.#route = route;
    this.#meter = meter;
  }

  /** True if the other one answers. */
  get isLost(): boolean {
    return this.#race.isLost(this);
  }

  /** Which of two it is; undefined as long as it is alone. */
  get place(): 'first' | 'second' | undefined {
    return this.#race.placeOf(this);
  }

  claim(): void {
    this.#race.claim(this);
  }

  /** The call is answered by this one: where it went, what it uses and what it cannot carry is what the receipt tells. */
  takeOver(running: HeldCall): void {
    this.#answers = true;
    running.translation = this.translation;
    if (this.#route !== undefined) running.course.route = this.#route;
    if (this.#meter !== undefined) running.course.meter = this.#meter;
    for (const [name, value] of this.#headers) this.#reply.setHeader(name, value);
    if (this.#drainListener !== undefined) this.#reply.onDrain(this.#drainListener);
    this.#reply.waitEnds();
  }

  giveUp(): void {
    this.#attempt?.giveUp();
  }

  get headSent(): boolean {
    return this.#reply.headSent;
  }

  setHeader(name: string, value: string): void {
    if (this.#answers) this.#reply.setHeader(name, value);
    else this.#headers.set(name, value);
  }

  dropHeader(name: string): void {
    this.#headers.delete(name);
    if (!this.isLost) this.#reply.dropHeader(name);
  }

  waitBegins(): void {
    this.#reply.waitBegins();
  }

  /** As long as nobody answers, the other one is waited for. */
  waitEnds(): void {
    if (this.#answers) this.#reply.waitEnds();
  }

  /** Whoever still runs and hears first that the client has left is ended by the rule for that, or read on; the other is stopped. */
  onGone(listener: () => void): void {
    this.#reply.onGone(() => {
      if (this.isLost || this.#attempt?.isOver === true) return;
      this.claim();
      listener();
    });
  }

  onDrain(listener: () => void): void {
    if (this.#answers) this.#reply.onDrain(listener);
    else this.#drainListener = listener;
  }

  noteFirstByte(): void {
    this.#reply.noteFirstByte();
  }

  /** Before one answers, only to keep the connection open. */
  startStream(contentType: string): void {
    this.#reply.startStream(contentType);
  }

  write(bytes: Buffer | string): boolean {
    return this.#reply.write(bytes);
  }

  end(bytes?: Buffer | string): void {
    this.#reply.end(bytes);
  }

  sendWhole(status: number, contentType: string, body: Buffer | string): void {
    this.#reply.sendWhole(status, contentType, body);
  }
}
