import { describe, expect, it } from 'vitest';
import type { Logger } from '../../foundation/logger.js';
import { testDatabases } from '../../storage/test-database.js';
import { ChannelSpending } from './channel-spending.js';
import { SpendCalendar } from './spend-calendar.js';

describe.each(testDatabases())('what channels have spent on $kind', ({ open }) => {
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
});
