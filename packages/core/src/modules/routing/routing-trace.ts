import type { Blocked } from '../health/index.js';

/** How one of several channels is chosen. */
export const routingStrategies = ['weighted', 'least-latency', 'least-busy', 'cheapest'] as const;
export type RoutingStrategy = (typeof routingStrategies)[number];

/** Why a channel or one of its keys was passed over. */
export const skipReasons = [
  'cooling-down',
  'probing',
  'disabled',
  'overloaded',
  'vetoed',
  'limit-reached',
  'spend-cap-reached',
  'no-such-operation',
  'cannot-translate',
] as const;
export type SkipReason = (typeof skipReasons)[number] | Blocked['reason'];

/** Why there is no room for a call at a channel, or at one of its keys, and until when. */
export interface NoRoom {
  readonly reason: 'limit-reached' | 'spend-cap-reached';
  readonly isOfKey: boolean;
  readonly until: number;
}

export interface Skip {
  readonly channelId: string;
  /** Set where it was a key of the channel. */
  readonly keyId?: string;
  readonly reason: SkipReason;
  readonly until?: number;
}

/** By what a channel was chosen: a strategy, its conversation, what the request names that lives there, or want of another. */
export const choiceGrounds = [...routingStrategies, 'sticky', 'bound', 'only'] as const;
export type ChoiceGround = (typeof choiceGrounds)[number];

/** Why one channel was chosen. */
export interface Choice {
  readonly channelId: string;
  /** The channel's own id where it has no list of keys. */
  readonly keyId: string;
  readonly by: ChoiceGround;
  /** Absent where it was the only channel. */
  readonly priority?: number;
  /** How many channels of that priority could have been chosen; absent where nobody had to look. */
  readonly among?: number;
  /** What the strategy went by: milliseconds, calls at once, cost ratio. */
  readonly score?: number;
  /** Set where it was asked beside the one before, which had not answered for so long. */
  readonly hedgeAfterMs?: number;
  /** In which of several groups that offer the model; absent where one does. */
  readonly group?: string;
}

/**
 * Why a call that the settings let hedge had no second attempt beside the first: more is held for it than may be sent twice, as many calls were
 * sent twice as may be, or no other channel could be asked, each of which is among the skipped ones.
 */
export const hedgeBounds = ['cost', 'share', 'no-other-channel'] as const;
export type HedgeBound = (typeof hedgeBounds)[number];

/** Why a call went where it went: kept with its receipt, shown by the simulation. */
export interface RoutingTrace {
  readonly strategy: RoutingStrategy;
  /** Channels that offer the model to the group. */
  readonly candidates: number;
  /** In the order in which they were tried. */
  readonly choices: readonly Choice[];
  readonly skipped: readonly Skip[];
  /** Set where more were passed over than are listed. */
  readonly skippedMore?: true;
  readonly notHedged?: HedgeBound;
}

const skipsMax = 20;

/** Collects a trace while a channel is looked for. */
export class TraceWriter {
  readonly #strategy: RoutingStrategy;
  readonly #candidates: number;
  readonly #choices: Choice[] = [];
  #skipped: Skip[] | undefined;
  #skippedMore = false;
  #notHedged: HedgeBound | undefined;

  constructor(strategy: RoutingStrategy, candidates: number) {
    this.#strategy = strategy;
    this.#candidates = candidates;
  }

  chose(choice: Choice): void {
    this.#choices.push(choice);
  }

  /** The one that was chosen last was not asked after all. */
  withdrawn(channelId: string, keyId: string): void {
    const last = this.#choices.at(-1);
    if (last?.channelId === channelId && last.keyId === keyId) this.#choices.pop();
  }

  notHedged(bound: HedgeBound): void {
    this.#notHedged = bound;
  }

  /** Each once, however often it is looked at. Takes what a skip is made of, since of thousands only a few become one. */
  skipped(channelId: string, reason: SkipReason, keyId?: string, until?: number): void {
    if (this.#skippedMore) return;
    this.#skipped ??= [];
    for (const skip of this.#skipped) if (skip.channelId === channelId && skip.keyId === keyId && skip.reason === reason) return;
    if (this.#skipped.length < skipsMax)
      this.#skipped.push({ channelId, reason, ...(keyId === undefined ? {} : { keyId }), ...(until === undefined ? {} : { until }) });
    else this.#skippedMore = true;
  }

  get trace(): RoutingTrace {
    return {
      strategy: this.#strategy,
      candidates: this.#candidates,
      choices: this.#choices,
      skipped: this.#skipped ?? [],
      ...(this.#skippedMore ? { skippedMore: true } : {}),
      ...(this.#notHedged === undefined ? {} : { notHedged: this.#notHedged }),
    };
  }

  /** As a receipt keeps it: short, since every call writes one. */
  get text(): string {
    const [choice] = this.#choices;
    const isPlain = this.#choices.length === 1 && this.#skipped === undefined && this.#notHedged === undefined;
    if (isPlain && choice !== undefined && choice.hedgeAfterMs === undefined && choice.group === undefined) return this.#plainText(choice);
    const choices = this.#choices.map(({ channelId, keyId, by, priority, among, score, hedgeAfterMs, group }) => {
      const choice = [channelId, keyId === channelId ? null : keyId, by, priority, among, score];
      if (group !== undefined) return [...choice, hedgeAfterMs, group];
      return hedgeAfterMs === undefined ? choice : [...choice, hedgeAfterMs];
    });
    const skipped = this.#skipped?.map(({ channelId, keyId, reason, until }) => [channelId, keyId, reason, until]);
    const written = [this.#strategy, this.#candidates, choices, skipped, this.#skippedMore ? 1 : undefined];
    return JSON.stringify(this.#notHedged === undefined ? written : [...written, this.#notHedged]);
  }

  #plainText({ by, channelId, keyId, priority, among, score }: Choice): string {
    const key = keyId === channelId ? null : keyId;
    if (this.#candidates === 1) return JSON.stringify([by, channelId, key]);
    return JSON.stringify([by, channelId, key, this.#strategy, this.#candidates, priority, among, score]);
  }
}

/** One choice and nothing passed over, as with most calls. What follows the key is left out where there was one channel. */
type PlainText = readonly [
  by: ChoiceGround,
  channelId: string,
  keyId: string | null,
  strategy?: RoutingStrategy,
  candidates?: number,
  priority?: number | null,
  among?: number | null,
  score?: number | null,
];
type ChoiceText = readonly [
  channelId: string,
  keyId: string | null,
  by: ChoiceGround,
  priority: number | null,
  among: number | null,
  score: number | null,
  hedgeAfterMs?: number | null,
  group?: string | null,
];
type SkipText = readonly [string, string | null, SkipReason, number | null];
type TraceText = readonly [
  strategy: RoutingStrategy,
  candidates: number,
  choices: readonly ChoiceText[],
  skipped: readonly SkipText[] | null,
  more: 1 | null,
  notHedged?: HedgeBound,
];

/** Reads what {@link TraceWriter.text} has written. */
export function traceOf(text: string): RoutingTrace {
  const written = JSON.parse(text) as PlainText | TraceText;
  if (typeof written[1] === 'string') {
    const [by, channelId, keyId, strategy = 'weighted', candidates = 1, priority = null, among = null, score = null] = written as PlainText;
    const choice = { channelId, keyId: keyId ?? channelId, by, ...known({ priority, among, score }) };
    return { strategy, candidates, choices: [choice], skipped: [] };
  }
  const [strategy, candidates, choices, skipped, more, notHedged] = written as TraceText;
  return {
    strategy,
    candidates,
    choices: choices.map(([channelId, keyId, by, priority, among, score, hedgeAfterMs = null, group = null]) => ({
      channelId,
      keyId: keyId ?? channelId,
      by,
      ...known({ priority, among, score, hedgeAfterMs, group }),
    })),
    skipped: (skipped ?? []).map(([channelId, keyId, reason, until]) => ({ channelId, reason, ...known({ keyId, until }) })),
    ...(more === null ? {} : { skippedMore: true }),
    ...(notHedged === undefined ? {} : { notHedged }),
  };
}

type Known<Fields> = { -readonly [Name in keyof Fields]?: Exclude<Fields[Name], null> };

function known<Fields extends object>(fields: Fields): Known<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Known<Fields>;
}
