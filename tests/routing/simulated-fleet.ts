import type { Verdict } from '@tollgate/plugin-kit';
import { createLogger } from '../../packages/core/src/foundation/logger.js';
import { candidateListOf, type Channel, defaultChannelOptions } from '../../packages/core/src/modules/channels/index.js';
import { HealthBook, type HealthChange, healthSettings } from '../../packages/core/src/modules/health/index.js';
import {
  type Candidate,
  ChannelLoads,
  ChannelSelection,
  ConversationPlaces,
  HedgeBudget,
  KeyTurns,
  routingSettings,
  type RoutingStrategy,
  TraceWriter,
} from '../../packages/core/src/modules/routing/index.js';
import { relaySettings } from '../../packages/core/src/relay/relay-settings.js';
import { TryPace } from '../../packages/core/src/relay/try-pace.js';
import { KeyLimits, keyTroubles, type PlaceAnswer, troubledAnswer, type TroubleKind, troubleKinds } from './troubles.js';
import { seeded, VirtualTime } from './virtual-time.js';

export interface FleetOptions {
  readonly strategy: RoutingStrategy;
  readonly channels: number;
  readonly keysOfChannel: number;
  /** So many channels have each kind of trouble. */
  readonly channelsOfTrouble: number;
  readonly callsPerSecond: number;
  readonly seconds: number;
  /** When the troubles begin and end. */
  readonly troubleFromMs: number;
  readonly troubleUntilMs: number;
  readonly seed: number;
  /** Calls that have got nothing for so long are sent elsewhere, too; left out, none is. */
  readonly hedgeAfterMs?: number;
}

export interface SimulatedAttempt {
  readonly startedAt: number;
  readonly channel: number;
  readonly keyId: string;
  readonly failed: boolean;
}

export interface SimulatedCall {
  readonly startedAt: number;
  readonly tookMs: number;
  readonly attempts: number;
  readonly isHedged: boolean;
  /** What the caller got: a whole answer, a part of one, or none. */
  readonly end: 'whole' | 'part' | 'none';
}

export interface FleetRun {
  readonly options: FleetOptions;
  readonly calls: readonly SimulatedCall[];
  readonly attempts: readonly SimulatedAttempt[];
  readonly changes: readonly (HealthChange & { readonly at: number })[];
  /** Attempts that began at something while it was to be left alone. */
  readonly forbidden: number;
}

interface RunningAttempt {
  readonly candidate: Candidate;
  readonly startedAt: number;
}

interface RunningCall {
  readonly selection: ChannelSelection;
  readonly pace: TryPace;
  readonly startedAt: number;
  attempts: number;
  isHedged: boolean;
  readonly running: RunningAttempt[];
}

const model = 'm';
const { hedgedPercentMax } = routingSettings.schema.parse({});
const usualMs = 900;
const usualSpreadMs = 400;

export function weightOf(channel: number): number {
  return 1 + (channel % 4);
}

/** Troubles are spread over the fleet, so that each falls on every weight. */
export function troubleOf(channel: number, { channelsOfTrouble, channels }: FleetOptions): TroubleKind | undefined {
  const step = Math.floor(channels / (channelsOfTrouble * troubleKinds.length));
  return channel % step === 0 ? troubleKinds[Math.floor(channel / step) % troubleKinds.length] : undefined;
}

/** Of the channels in a trouble of keys, these keys have it. */
export function isTroubledKey(keyId: string): boolean {
  return /k[13]$/.test(keyId);
}

/** A fleet on a virtual clock: selection, health and pace are the gateway's own, what places answer is scripted. */
export class SimulatedFleet {
  readonly #options: FleetOptions;
  readonly #time = new VirtualTime();
  readonly #random: () => number;
  readonly #book: HealthBook;
  readonly #loads = new ChannelLoads();
  readonly #budget = new HedgeBudget();
  readonly #limits = new KeyLimits();
  readonly #calls: SimulatedCall[] = [];
  readonly #attempts: SimulatedAttempt[] = [];
  readonly #changes: FleetRun['changes'][number][] = [];
  /** Key, channel or model of a channel → until when it is to be left alone, by what was told of it. */
  readonly #leftAlone = new Map<string, number>();
  #forbidden = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    const values = healthSettings.schema.parse({});
    const log = createLogger('silent', { write() {} });
    this.#book = new HealthBook({ settings: () => values, clock: this.#time.clock, log, channelNameOf: (id) => id });
    this.#book.onChange((change) => this.#noteChange(change));
  }

  run(): FleetRun {
    const { channels, keysOfChannel, callsPerSecond, seconds, troubleUntilMs } = this.#options;
    const fleet = Array.from({ length: channels }, (_, index) => channelOf(index, keysOfChannel));
    const list = candidateListOf(fleet);
    const keyTurns = new KeyTurns();
    const { clock } = this.#time;
    const places = new ConversationPlaces({ now: clock.now });
    const parts = { health: this.#book, loads: this.#loads, keyTurns, places, random: this.#random, now: clock.now };
    const { strategy } = this.#options;
    const endMs = seconds * 1_000;
    const arrive = (): void => {
      const selection = new ChannelSelection(list, { model, strategy }, parts, new TraceWriter(strategy, list.size));
      const pace = new TryPace(relaySettings.schema.parse({}), clock.now(), clock, this.#random);
      this.#budget.earn(model, hedgedPercentMax);
      this.#try({ selection, pace, startedAt: clock.now(), attempts: 0, isHedged: false, running: [] });
      // Calls come when they like: the time between two is exponentially distributed.
      if (clock.now() < endMs) this.#time.after((-Math.log(1 - this.#random()) * 1_000) / callsPerSecond, arrive);
    };
    arrive();
    for (let at = 10_000; at < endMs; at += 10_000) this.#time.after(at, () => this.#book.sweep());
    // Keys that were refused are replaced by people when the trouble is over.
    this.#time.after(troubleUntilMs, () => this.#enableRefused());
    this.#time.runUntil(endMs + 60_000);
    return { options: this.#options, calls: this.#calls, attempts: this.#attempts, changes: this.#changes, forbidden: this.#forbidden };
  }

  /** The next attempt, now or when a channel is free again. */
  #try(call: RunningCall): void {
    if (!call.pace.mayTry(call.attempts)) return this.#end(call, 'none');
    const candidate = call.selection.next();
    if (candidate !== undefined) return this.#ask(call, candidate);
    const waitMs = call.pace.channelWaitMs(call.selection.soonestMs);
    if (waitMs === undefined) return this.#end(call, 'none');
    this.#time.after(waitMs, () => {
      call.selection.startAgain();
      this.#try(call);
    });
  }

  #ask(call: RunningCall, candidate: Candidate): void {
    this.#judge(candidate);
    const answer = this.#answerOf(candidate);
    const attempt: RunningAttempt = { candidate, startedAt: this.#time.now };
    call.attempts += 1;
    call.running.push(attempt);
    this.#loads.begin(this.#loads.of(candidate.channel.id));
    this.#time.after(answer.lastsMs, () => {
      // It was stopped.
      if (!call.running.includes(attempt)) return;
      call.running.splice(call.running.indexOf(attempt), 1);
      this.#over(attempt, answer);
      if (answer.verdict === undefined || answer.begun === true) return this.#end(call, answer.begun === true ? 'part' : 'whole');
      call.selection.failed(candidate, answer.verdict.scope);
      if (call.running.length === 0) this.#try(call);
    });
    this.#hedgeLater(call, attempt);
  }

  #hedgeLater(call: RunningCall, attempt: RunningAttempt): void {
    const { hedgeAfterMs } = this.#options;
    if (hedgeAfterMs === undefined || call.isHedged) return;
    this.#time.after(hedgeAfterMs, () => {
      if (!call.running.includes(attempt) || !call.pace.mayTry(call.attempts) || !this.#budget.take(model)) return;
      const second = call.selection.beside(attempt.candidate, hedgeAfterMs);
      if (second === undefined) return this.#budget.giveBack(model);
      call.isHedged = true;
      this.#ask(call, second);
    });
  }

  /** Whatever else runs for the call is stopped. */
  #end({ running, startedAt, attempts, isHedged }: RunningCall, end: SimulatedCall['end']): void {
    for (const { candidate, startedAt: since } of running.splice(0)) {
      const { channel, key } = candidate;
      const load = this.#loads.of(channel.id);
      this.#loads.end(load);
      this.#loads.tookLonger(load, model, this.#time.now - since);
      this.#book.abandon({ channelId: channel.id, keyId: key.id, model }, since);
    }
    this.#calls.push({ startedAt, tookMs: this.#time.now - startedAt, attempts, isHedged, end });
  }

  #over({ candidate: { channel, key }, startedAt }: RunningAttempt, { verdict, lastsMs }: PlaceAnswer): void {
    const { now } = this.#time;
    const load = this.#loads.of(channel.id);
    this.#loads.end(load);
    if (verdict === undefined) this.#loads.measured(load, model, lastsMs);
    this.#attempts.push({ startedAt, channel: Number(channel.id.slice(1)), keyId: key.id, failed: verdict !== undefined });
    this.#book.report({ channelId: channel.id, keyId: key.id, model, verdict, mayDisable: true, startedAt, at: now });
    this.#noteStatedWait(key.id, verdict);
  }

  #answerOf({ channel, key }: Candidate): PlaceAnswer {
    const index = Number(channel.id.slice(1));
    const { now } = this.#time;
    const { troubleFromMs, troubleUntilMs } = this.#options;
    const kind = troubleOf(index, this.#options);
    const lastsMs = usualMs + (this.#random() - 0.5) * usualSpreadMs;
    const isNow = now >= troubleFromMs && now < troubleUntilMs;
    if (kind === undefined || !isNow || (keyTroubles.has(kind) && !isTroubledKey(key.id))) return { lastsMs };
    return troubledAnswer(kind, key.id, now, lastsMs, this.#limits);
  }

  /** What was asked for in a header is known to this simulation by itself. */
  #noteStatedWait(keyId: string, verdict: Verdict | undefined): void {
    if (verdict?.retryAfterMs !== undefined) this.#leaveAlone(keyId, this.#time.now + verdict.retryAfterMs);
  }

  #noteChange(change: HealthChange): void {
    this.#changes.push({ ...change, at: this.#time.now });
    const name = change.keyId ?? change.channelId;
    if (change.to === 'closed') this.#leftAlone.delete(name);
    else this.#leaveAlone(name, change.until ?? Number.POSITIVE_INFINITY);
  }

  #leaveAlone(name: string, until: number): void {
    this.#leftAlone.set(name, Math.max(until, this.#leftAlone.get(name) ?? 0));
  }

  #judge({ channel, key }: Candidate): void {
    for (const name of [channel.id, key.id]) if (this.#time.now < (this.#leftAlone.get(name) ?? 0)) this.#forbidden += 1;
  }

  #enableRefused(): void {
    for (const { channelId, kind, subject, state } of this.#book.list())
      if (state === 'disabled' && kind === 'key') void this.#book.enable(channelId, { keyId: subject });
  }
}

function channelOf(index: number, keysOfChannel: number): Channel {
  const id = `c${index}`;
  const keys = Array.from({ length: keysOfChannel }, (_, key) => ({ id: `${id}k${key}`, hint: '', config: {} }));
  return { id, name: id, priority: 0, weight: weightOf(index), keys, options: defaultChannelOptions } as unknown as Channel;
}
