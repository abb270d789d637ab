import type { Verdict } from '@tollgate/plugin-kit';
import { type CandidateLevel, type CandidateList, type Channel, type ChannelKey, drawFrom } from '../channels/index.js';
import type { Blocked, ChannelHealth } from '../health/index.js';
import { ConversationDraw, type ConversationDrawParts, type SelectedConversation } from './conversation-draw.js';
import { firstUsable, type KeyTurns } from './key-turns.js';
import { levelsByCost } from './levels-by-cost.js';
import type { Choice, NoRoom, RoutingStrategy, Skip, TraceWriter } from './routing-trace.js';

/** A channel and the key to use it with. */
export interface Candidate {
  readonly channel: Channel;
  readonly key: ChannelKey;
}

/** What selecting needs of its surroundings. */
export interface SelectionParts extends ConversationDrawParts {
  readonly health: ChannelHealth;
  readonly keyTurns: KeyTurns;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface SelectionWish {
  readonly model: string;
  readonly strategy: RoutingStrategy;
  /** What the call goes on with, if anything: it goes where that was answered before, if it can. */
  readonly conversation?: SelectedConversation | undefined;
  /** True where the request names what lives at the one channel of the list. */
  readonly isBound?: boolean;
  /** Whose channels these are, where the call goes through several groups: the trace tells it. */
  readonly group?: string | undefined;
}

/** Levels up to this size are looked through; of larger ones a few channels are drawn. */
const scannedMax = 16;
/** As many as cost what a call does not notice: where nine of ten channels are left alone, one is found all but always. */
const drawsMax = 64;
/** In about so long it is known how a probe went. */
const probingMs = 1_000;
const probingOnly: Blocked = { reason: 'probing' };

/**
 * Hands out the channels that may serve a call, one at a time and none twice: the highest priority first, by weight and health or by the
 * strategy inside it. Channels of weight 0 come last in their priority.
 */
export class ChannelSelection {
  readonly #parts: SelectionParts;
  readonly #wish: SelectionWish;
  readonly #levels: readonly CandidateLevel[];
  readonly #trace: TraceWriter;
  readonly #list: CandidateList;
  #level = 0;
  readonly #draw: ConversationDraw;
  #hasStayed = false;
  /** When the first that may not be asked now may be; undefined: there was none. */
  #soonest: number | undefined;
  #takenAt = 0;
  /** Set while one is looked for that is asked beside another. */
  #hedgeAfterMs: number | undefined;
  /** Ids of channels and keys that failed, or were handed out; few, since few attempts are made. */
  readonly #over: string[] = [];
  /** Those of them that had no room. */
  readonly #full: string[] = [];

  constructor(list: CandidateList, wish: SelectionWish, parts: SelectionParts, trace: TraceWriter) {
    this.#list = list;
    this.#wish = wish;
    this.#parts = parts;
    this.#trace = trace;
    this.#levels = wish.strategy === 'cheapest' ? levelsByCost(list) : list.levels;
    this.#draw = new ConversationDraw(parts, wish.conversation);
  }

  /** Undefined if none is left. */
  next(): Candidate | undefined {
    for (; this.#level < this.#levels.length; this.#level += 1) {
      const level = this.#levels[this.#level] as CandidateLevel;
      const candidate = this.#stayIn(level) ?? this.#fromLevel(level);
      if (candidate !== undefined) return candidate;
    }
    return undefined;
  }

  /**
   * One to be asked beside another that goes on: of another channel if there is one, else with another key. Undefined if none is left.
   * @param afterMs for how long that one has been asked
   */
  beside({ channel, key }: Candidate, afterMs: number): Candidate | undefined {
    this.#hedgeAfterMs = afterMs;
    const candidate = this.#nextWithout(channel.id) ?? (channel.keys.length > 1 ? this.#nextWithout(key.id) : undefined);
    this.#hedgeAfterMs = undefined;
    return candidate;
  }

  /** Of the channels that may not be asked now: in how many milliseconds the first may; infinite where nobody knows. Undefined: there was none. */
  get soonestMs(): number | undefined {
    return this.#soonest === undefined ? undefined : Math.max(0, this.#soonest - this.#parts.now());
  }

  /** What became of a candidate: a key that is refused leaves its channel's other keys, every other failure ends the channel for this call. */
  failed({ channel, key }: Candidate, scope: Verdict['scope']): void {
    this.#over.push(scope === 'key' && channel.keys.length > 1 ? key.id : channel.id);
  }

  /** The channel cannot serve this call at all. */
  passOver(candidate: Candidate, reason: Skip['reason']): void {
    this.giveBack(candidate);
    this.#over.push(candidate.channel.id);
    this.#trace.skipped(candidate.channel.id, reason);
  }

  /** The channel or its key has no room for this call now. */
  full(candidate: Candidate, { reason, isOfKey, until }: NoRoom): void {
    this.giveBack(candidate);
    const { channel, key } = candidate;
    const full = isOfKey ? key.id : channel.id;
    this.#over.push(full);
    this.#full.push(full);
    this.#soonest = Math.min(this.#soonest ?? Number.POSITIVE_INFINITY, until);
    this.#trace.skipped(channel.id, reason, isOfKey && key.id !== channel.id ? key.id : undefined, until);
  }

  /** True if the candidate that was handed out a while ago may be asked still. */
  isStillFree({ channel, key }: Candidate): boolean {
    const { health } = this.#parts;
    const now = this.#parts.now();
    const blocked = health.channelBlocked(channel.id, this.#wish.model, now) ?? health.keyBlocked(key.id, now);
    // What is being probed is probed by this call: it was handed out for it.
    return blocked === undefined || blocked.reason === 'probing';
  }

  /** Nothing became of the candidate that was handed out: it may be handed out again. */
  giveBack({ channel, key }: Candidate): void {
    this.#trace.withdrawn(channel.id, key.id);
    this.#parts.health.abandon({ channelId: channel.id, keyId: key.id, model: this.#wish.model }, this.#takenAt);
  }

  /** The candidate that was handed out has answered. @param isWhole false where it broke off, or failed in the middle */
  answered({ channel, key }: Candidate, isWhole: boolean): void {
    if (isWhole) this.#draw.answeredAt(channel.id, key.id);
    else this.#draw.brokenOff();
  }

  /** Looks once more for channels that could not be asked before. What has failed is over all the same. */
  startAgain(): void {
    this.#level = 0;
    this.#soonest = undefined;
    for (const id of this.#full.splice(0)) this.#over.splice(this.#over.indexOf(id), 1);
  }

  /** The one that is left out may be next again, if it fails with one key. */
  #nextWithout(id: string): Candidate | undefined {
    const level = this.#level;
    this.#over.push(id);
    const candidate = this.next();
    this.#over.splice(this.#over.indexOf(id), 1);
    this.#level = level;
    return candidate;
  }

  /** Where the conversation was answered before. A higher priority goes before it: that is the order which somebody wants. */
  #stayIn(level: CandidateLevel): Candidate | undefined {
    if (this.#hasStayed) return undefined;
    const place = this.#draw.place();
    const channel = place && this.#list.find(place.channelId);
    if (place === undefined || channel === undefined) this.#hasStayed = true;
    else if (isIn(level, channel, this.#wish.strategy)) {
      this.#hasStayed = true;
      if (this.#isUsable(channel, true) && !this.#mustYield(channel, level))
        return this.#take(channel, 'sticky', level, undefined, place.keyId);
    }
    return undefined;
  }

  #mustYield(channel: Channel, level: CandidateLevel): boolean {
    const mustYield = this.#draw.mustYield(channel, level);
    if (mustYield) this.#trace.skipped(channel.id, 'overloaded');
    return mustYield;
  }

  #fromLevel(level: CandidateLevel): Candidate | undefined {
    const { strategy } = this.#wish;
    if (level.channels.length > scannedMax) {
      const drawn = this.#drawnFrom(level, strategy);
      if (drawn !== undefined) return drawn;
    }
    return this.#scanned(level, strategy);
  }

  /** Of many channels, the better of two that weights draw, or the first where weights alone decide. */
  #drawnFrom(level: CandidateLevel, strategy: RoutingStrategy): Candidate | undefined {
    const wanted = strategy === 'weighted' || strategy === 'cheapest' ? 1 : 2;
    const most = Math.min(drawsMax, level.channels.length / 2);
    let best: Channel | undefined;
    for (let draws = 0, found = 0; draws < most && found < wanted; draws += 1) {
      const channel = drawFrom(level, this.#draw.chance());
      if (channel === undefined || channel === best || !this.#isUsable(channel, false)) continue;
      const worth = this.#parts.health.worth(channel.id, this.#wish.model);
      if (worth < 1 && this.#draw.chance() >= worth) continue;
      if (wanted === 1 && this.#mustYield(channel, level)) continue;
      found += 1;
      if (best === undefined || this.#score(channel, strategy) < this.#score(best, strategy)) best = channel;
    }
    return best && this.#take(best, strategy, level, level.channels.length);
  }

  /** Of few channels each is looked at, twice and without a list of its own: once to know what there is, once to find the chosen one. */
  #scanned(level: CandidateLevel, strategy: RoutingStrategy): Candidate | undefined {
    let among = 0;
    let total = 0;
    let best: Channel | undefined;
    let bestScore = Number.POSITIVE_INFINITY;
    for (const channel of level.channels) {
      if (!this.#isUsable(channel, true)) continue;
      among += 1;
      total += this.#weightOf(channel);
      const score = this.#score(channel, strategy);
      if (score < bestScore) [best, bestScore] = [channel, score];
    }
    if (among === 0) return undefined;
    const isByWeight = strategy === 'weighted' || strategy === 'cheapest';
    const chosen = isByWeight && among > 1 ? this.#byWeight(level, among, total) : best;
    return chosen && this.#take(chosen, this.#list.size === 1 ? this.#only : strategy, level, among);
  }

  get #only(): Choice['by'] {
    return this.#wish.isBound === true ? 'bound' : 'only';
  }

  #byWeight(level: CandidateLevel, among: number, total: number): Channel | undefined {
    const home = this.#draw.home(level, (channel) => (!this.#isUsable(channel, false) ? 0 : total > 0 ? this.#weightOf(channel) : 1));
    if (home !== undefined && !this.#mustYield(home, level)) return home;
    let point = this.#parts.random() * (total > 0 ? total : among);
    let last: Channel | undefined;
    for (const channel of level.channels) {
      if (!this.#isUsable(channel, false)) continue;
      const weight = total > 0 ? this.#weightOf(channel) : 1;
      if (weight <= 0) continue;
      last = channel;
      point -= weight;
      if (point < 0) return channel;
    }
    return last;
  }

  #weightOf({ id, weight }: Channel): number {
    return weight * this.#parts.health.worth(id, this.#wish.model);
  }

  /** Lower is better; what nobody has measured yet is tried first. */
  #score({ id, weight, options }: Channel, strategy: RoutingStrategy): number {
    if (strategy === 'least-latency') return this.#parts.loads.firstByteMsAt(id, this.#wish.model) ?? 0;
    if (strategy === 'least-busy') return this.#parts.loads.callsAt(id) / Math.max(weight, Number.EPSILON);
    return strategy === 'cheapest' ? Number(options.costRatio) : 0;
  }

  #isUsable(channel: Channel, isTold: boolean): boolean {
    if (this.#over.includes(channel.id)) return false;
    const { health } = this.#parts;
    const now = this.#parts.now();
    const blocked = health.channelBlocked(channel.id, this.#wish.model, now);
    if (blocked !== undefined) {
      this.#noteBlocked(blocked, now);
      if (isTold) this.#trace.skipped(channel.id, blocked.reason, undefined, blocked.until);
      return false;
    }
    for (const key of channel.keys) {
      if (this.#over.includes(key.id)) continue;
      const refused = health.keyBlocked(key.id, now);
      if (refused === undefined) return true;
      this.#noteBlocked(refused, now);
      if (isTold) this.#trace.skipped(channel.id, refused.reason, key.id, refused.until);
    }
    return false;
  }

  #noteBlocked({ reason, until }: Blocked, now: number): void {
    const free = reason === 'probing' ? now + probingMs : (until ?? Number.POSITIVE_INFINITY);
    this.#soonest = Math.min(this.#soonest ?? Number.POSITIVE_INFINITY, free);
  }

  #take(
    channel: Channel,
    by: Choice['by'],
    { priority }: CandidateLevel,
    among: number | undefined,
    wantedKeyId?: string,
  ): Candidate | undefined {
    const now = this.#parts.now();
    const { health, keyTurns } = this.#parts;
    const isUsable = (key: ChannelKey): boolean => !this.#over.includes(key.id) && health.keyBlocked(key.id, now) === undefined;
    const wanted = channel.keys.find(({ id }) => id === wantedKeyId);
    const start = this.#draw.firstKeyOf(channel) ?? keyTurns.startAt(channel, this.#parts.random());
    const key = wanted !== undefined && isUsable(wanted) ? wanted : firstUsable(channel.keys, start, isUsable);
    if (key === undefined || !health.beginProbe(channel.id, key.id, this.#wish.model, now)) {
      this.#over.push(channel.id);
      this.#noteBlocked(probingOnly, now);
      this.#trace.skipped(channel.id, 'probing');
      return this.next();
    }
    this.#takenAt = now;
    const score = by === 'least-latency' || by === 'least-busy' || by === 'cheapest' ? this.#score(channel, by) : undefined;
    this.#trace.chose({
      channelId: channel.id,
      keyId: key.id,
      by,
      priority,
      ...(among === undefined ? {} : { among }),
      ...(score === undefined ? {} : { score }),
      ...(this.#hedgeAfterMs === undefined ? {} : { hedgeAfterMs: this.#hedgeAfterMs }),
      ...(this.#wish.group === undefined ? {} : { group: this.#wish.group }),
    });
    return { channel, key };
  }
}

function isIn({ priority, channels: [first] }: CandidateLevel, channel: Channel, strategy: RoutingStrategy): boolean {
  return (
    channel.priority === priority && (strategy !== 'cheapest' || Number(channel.options.costRatio) === Number(first?.options.costRatio))
  );
}
