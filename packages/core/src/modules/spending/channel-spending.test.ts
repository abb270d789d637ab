import { describe, expect, it } from 'vitest';
import type { Logger } from '../../foundation/logger.js';
import { testDatabases } from '../../storage/test-database.js';
import { usageHourSums } from '../usage/usage-hour.js';
import { ChannelSpending } from './channel-spending.js';
import { SpendCalendar } from './spend-calendar.js';

describe.each(testDatabases())('what channels have spent on $kind', ({ kind, open }) => {
  it('is read once for however many, and not at all for those that are watched', async () => {
    const opened = await open();
    const statements: string[] = [];
    const cappedOf = (id: string) => ({ id, caps: { day: '10' } });
    const spending = new ChannelSpending({
      database: opened.database,
      calendar: new SpendCalendar(),
      clock: { now: () => Date.UTC(2026, 10, 27, 12) },
      log: {} as Logger,
      capped: () => [cappedOf('watched')],
    });
    await spending.look();
    opened.database.knex.on('query', ({ sql }: { readonly sql: string }) => statements.push(sql));
    const zero = [{ window: 'day', spent: 0n, limit: 10_000n, endsAt: Date.UTC(2026, 10, 28) }];
    expect(await spending.spentOf([cappedOf('watched')])).toEqual(new Map([['watched', zero]]));
    expect(statements).toHaveLength(0);
    const many = Array.from({ length: 50 }, (_, index) => cappedOf(`c${index}`));
    expect((await spending.spentOf([...many, cappedOf('watched')])).size).toBe(51);
    expect(statements).toHaveLength(1);
    expect(spending.watched()).toEqual([{ ...zero[0], channelId: 'watched' }]);
    await opened.close();
  });

  it('stays what it was where the next look watches others while it is read', async () => {
    const opened = await open();
    const { knex } = opened.database;
    const now = Date.UTC(2026, 10, 27, 12);
    const labels = { node_id: 'n', user_id: 'u', token_id: '', model: 'm', channel_id: 'watched', group_name: 'default' };
    const sums = Object.fromEntries(usageHourSums.map((column) => [column, column === 'cost' ? 5_000 : 0]));
    if (kind === 'sqlite') {
      await knex('usage_series').insert({ id: 1, ...labels });
      await knex('usage_hour_sums').insert({ hour: now, series_id: 1, ...sums });
    } else await knex('usage_hours').insert({ hour: now, ...labels, ...sums });
    const cappedOf = (id: string) => ({ id, caps: { day: '10' } });
    let capped = [cappedOf('watched')];
    const spending = new ChannelSpending({
      database: opened.database,
      calendar: new SpendCalendar(),
      clock: { now: () => now },
      log: {} as Logger,
      capped: () => capped,
    });
    await spending.look();
    const reading = spending.spentOf([cappedOf('watched'), cappedOf('other')]);
    capped = [];
    await spending.look();
    expect((await reading).get('watched')).toMatchObject([{ window: 'day', spent: 5_000n }]);
    await opened.close();
  });
});
