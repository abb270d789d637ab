import type { SpendWindow } from './spend-cap.js';

/** One day or month. */
export interface SpendPeriod {
  /** `2026-11-25` or `2026-11`. */
  readonly label: string;
  /** Its first moment. Milliseconds since 1970, like the end. */
  readonly startsAt: number;
  /** The first moment that is no longer in it. */
  readonly endsAt: number;
}

interface CalendarDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Says in which day and month a moment falls. Remembers the last answers, since almost every call falls into the same. */
export class SpendCalendar {
  readonly #timeZone: () => string;
  #rememberedZone = '';
  readonly #remembered = new Map<SpendWindow, SpendPeriod>();

  constructor(timeZone: () => string = () => 'UTC') {
    this.#timeZone = timeZone;
  }

  periodAt(window: SpendWindow, now: number): SpendPeriod {
    const zone = this.#timeZone();
    const known = zone === this.#rememberedZone ? this.#remembered.get(window) : undefined;
    if (known !== undefined && now >= known.startsAt && now < known.endsAt) return known;
    if (zone !== this.#rememberedZone) this.#remembered.clear();
    this.#rememberedZone = zone;
    const period = periodOf(window, now, zone);
    this.#remembered.set(window, period);
    return period;
  }
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function periodOf(window: SpendWindow, now: number, zone: string): SpendPeriod {
  const { year, month, day } = dateAt(now, zone);
  const yearAndMonth = `${year}-${twoDigits(month)}`;
  const label = window === 'day' ? `${yearAndMonth}-${twoDigits(day)}` : yearAndMonth;
  const first = { year, month, day: window === 'day' ? day : 1 };
  const next = window === 'day' ? { year, month, day: day + 1 } : { year, month: month + 1, day: 1 };
  return { label, startsAt: firstMomentOf(first, zone), endsAt: firstMomentOf(next, zone) };
}

/**
 * The moment at which a local date begins. Local midnight is sought from what the clock there shows, twice, since the offset may change in
 * between; where a change of clocks leaves midnight out, the moment after it counts.
 */
function firstMomentOf({ year, month, day }: CalendarDate, zone: string): number {
  const wanted = Date.UTC(year, month - 1, day);
  const guess = wanted - offsetAt(wanted, zone);
  return wanted - offsetAt(guess, zone);
}

function dateAt(moment: number, zone: string): CalendarDate {
  const local = new Date(moment + offsetAt(moment, zone));
  return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/** How far the clocks of a zone are ahead of UTC, in milliseconds. */
function offsetAt(moment: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1_000) * 1_000;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
