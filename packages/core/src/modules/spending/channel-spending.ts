import type { Clock } from '../../foundation/clock.js';
import type { Logger } from '../../foundation/logger.js';
import { millipointsFromPoints } from '../../foundation/millipoints.js';
import type { Database } from '../../storage/database.js';
import { readChannelHours } from './channel-spending-store.js';
import type { SpendCalendar } from './spend-calendar.js';

/** In points, as text. */
export interface ChannelSpendCaps {
  readonly day?: string | undefined;
  readonly month?: string | undefined;
}

export interface CappedChannel {
  readonly id: string;
  readonly caps: ChannelSpendCaps;
}

/** How much of a cap is spent, in millipoints. */
export interface SpentCap {
  readonly window: (typeof windows)[number];
  readonly spent: bigint;
  readonly limit: bigint;
  /** When the window ends, in milliseconds since 1970. */
  readonly endsAt: number;
}

export interface ChannelSpendingOptions {
  readonly database: Database;
  readonly calendar: SpendCalendar;
  readonly clock: Clock;
  readonly log: Logger;
  readonly capped: () => readonly CappedChannel[];
}

const lookEveryMs = 1_000;
const hourMs = 3_600_000;
const windows = ['day', 'month'] as const;

/**
 * Which channels have spent what they may in a day or month, by the receipts of all nodes. Known a second late: calls that run then still
 * count, so that a cap is overrun by what a channel does in a moment. Receipts are summed by the hour: where a day begins inside one, the
 * whole hour counts.
 */
export class ChannelSpending {
  readonly #options: ChannelSpendingOptions;
  /** Channel → hour → cost. */
  #spent = new Map<string, Map<number, bigint>>();
  /** Channel → when it may be used again. */
  #reached: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #readAt = 0;

  constructor(options: ChannelSpendingOptions) {
    this.#options = options;
  }

  /** When the channel may be used again whose cap is reached, in milliseconds since 1970. */
  reachedUntil(channelId: string, now: number): number | undefined {
    const until = this.#reached.get(channelId);
    return until !== undefined && now < until ? until : undefined;
  }

  /**
   * Of channels with caps, whether they are used or not: of those that are the last look tells, the others are read together.
   * @throws StorageUnavailableError
   */
  async spentOf(channels: readonly CappedChannel[]): Promise<ReadonlyMap<string, readonly SpentCap[]>> {
    const { calendar, clock, database } = this.#options;
    const now = clock.now();
    // The next look may know other channels while these are read.
    const known = this.#spent;
    const others = channels.flatMap(({ id }) => (known.has(id) ? [] : [id]));
    const since = hourOf(calendar.periodAt('month', now).startsAt);
    const read = new Map(others.map((id) => [id, new Map<number, bigint>()]));
    const hours = others.length === 0 ? [] : await readChannelHours(database.knex, others, since);
    for (const { channelId, hour, cost } of hours) read.get(channelId)?.set(hour, cost);
    return new Map(channels.map(({ id, caps }) => [id, this.#spentCaps(read.get(id) ?? known.get(id), caps, now)]));
  }

  /** The same of all that are used, as the last look knows it. */
  watched(): readonly (SpentCap & { readonly channelId: string })[] {
    const { capped, clock } = this.#options;
    const now = clock.now();
    return capped().flatMap(({ id, caps }) => this.#spentCaps(this.#spent.get(id), caps, now).map((cap) => ({ ...cap, channelId: id })));
  }

  /** Looks once, then every second. A database that is away changes nothing. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() =>
        this.look().catch((error: unknown) => this.#options.log.warn({ err: error }, 'What channels have spent could not be read')),
      );
    }, lookEveryMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** @throws StorageUnavailableError; what was known then stays. */
  async look(): Promise<void> {
    const { calendar, clock, capped } = this.#options;
    const channels = capped();
    if (channels.length === 0) {
      this.#spent = new Map();
      this.#reached = new Map();
      return;
    }
    const now = clock.now();
    const since = hourOf(calendar.periodAt('month', now).startsAt);
    await this.#read(channels, since, now);
    this.#reached = new Map(
      channels.flatMap(({ id, caps }) => {
        const until = this.#reachedBy(id, caps, now);
        return until === undefined ? [] : [[id, until] as const];
      }),
    );
  }

  /** Only the newest hours change, unless there is a channel that nobody has looked at. */
  async #read(channels: readonly CappedChannel[], since: number, now: number): Promise<void> {
    const ids = channels.map(({ id }) => id);
    const isKnown = ids.every((id) => this.#spent.has(id));
    const from = isKnown ? Math.max(since, hourOf(this.#readAt) - hourMs) : since;
    const hours = await readChannelHours(this.#options.database.knex, ids, from);
    const spent = new Map(ids.map((id) => [id, new Map([...(this.#spent.get(id) ?? [])].filter(([hour]) => hour >= since))]));
    for (const { channelId, hour, cost } of hours) spent.get(channelId)?.set(hour, cost);
    this.#spent = spent;
    this.#readAt = now;
  }

  #reachedBy(id: string, caps: ChannelSpendCaps, now: number): number | undefined {
    const ends = this.#spentCaps(this.#spent.get(id), caps, now).flatMap(({ spent, limit, endsAt }) => (spent >= limit ? [endsAt] : []));
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  #spentCaps(hours: ReadonlyMap<number, bigint> = new Map(), caps: ChannelSpendCaps, now: number): readonly SpentCap[] {
    return windows.flatMap((window) => {
      const cap = caps[window];
      if (cap === undefined) return [];
      const { startsAt, endsAt } = this.#options.calendar.periodAt(window, now);
      let spent = 0n;
      for (const [hour, cost] of hours) if (hour >= hourOf(startsAt)) spent += cost;
      return [{ window, spent, limit: millipointsFromPoints(cap), endsAt }];
    });
  }
}

function hourOf(moment: number): number {
  return moment - (moment % hourMs);
}
