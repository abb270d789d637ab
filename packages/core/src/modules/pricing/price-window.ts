import type { PriceWindow } from './rate.js';

const minutesPerDay = 1_440;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

/** The first window that holds at the moment, in milliseconds since 1970. */
export function windowAt(windows: readonly PriceWindow[], moment: number): PriceWindow | undefined {
  return windows.find((window) => holdsAt(window, moment));
}

function holdsAt({ timeZone, days, from, until }: PriceWindow, moment: number): boolean {
  const { day, minute } = placeInWeek(moment, timeZone);
  const begins = minutesOf(from);
  const ends = minutesOf(until);
  const on = (weekday: number): boolean => days === undefined || days.includes(weekday);
  if (begins < ends) return on(day) && minute >= begins && minute < ends;
  const dayBefore = day === 1 ? 7 : day - 1;
  return (on(day) && minute >= begins) || (on(dayBefore) && minute < ends);
}

function placeInWeek(moment: number, timeZone: string): { readonly day: number; readonly minute: number } {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  const minute = (Number(parts.get('hour')) * 60 + Number(parts.get('minute'))) % minutesPerDay;
  return { day: weekdays.indexOf(parts.get('weekday') ?? '') + 1, minute };
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
}
