import { emptyUsage } from '@tollgate/plugin-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../foundation/ids.js';
import { pointsText } from '../../foundation/millipoints.js';
import { type OpenedTestDatabase, testDatabases } from '../../storage/test-database.js';
import { costOf, modelPriceOf, PriceBook, type PricedCaller, pricingSettings } from '../pricing/index.js';
import { GroupDirectory } from './group-directory.js';
import { GroupNotAllowedError } from './groups-errors.js';
import { insertGroup } from './group-store.js';

const settings = pricingSettings.schema.parse({ defaultGroupRatio: '2' });
const price = modelPriceOf({ modelRatio: '15', completionRatio: '2' });
const usage = { ...emptyUsage(), inputText: 1_000, outputText: 500 };

/** What 30,000 points cost whom. */
const callers: readonly (PricedCaller & { readonly who: string; readonly points: string })[] = [
  { who: 'a user of a group that has a ratio of its own there', group: 'vip', userGroup: 'gold', points: '15000' },
  { who: 'a user of any other group', group: 'vip', userGroup: 'silver', points: '24000' },
  { who: 'a user of the group itself', group: 'vip', points: '24000' },
  { who: 'a user in a group that states no ratio', group: 'plain', userGroup: 'gold', points: '60000' },
  { who: 'a user in a group that is not there', group: 'gone', userGroup: 'gold', points: '60000' },
  { who: 'a user with a ratio of its own, before all of these', group: 'vip', userGroup: 'gold', userRatio: '0.1', points: '3000' },
];

describe('the groups of a caller', () => {
  const routes = async (autoOrder: readonly string[], group: string, userGroup: string): Promise<readonly string[]> => {
    const opened = await testDatabases()[0]?.open();
    if (opened === undefined) throw new Error('There is no database to test with.');
    try {
      await opened.database.write(async (transaction) => {
        await insertGroup(transaction, { id: newId(), name: 'vip', usableBy: ['gold'], createdAt: 1 });
        await insertGroup(transaction, { id: newId(), name: 'open', usableBy: 'everyone', createdAt: 1 });
        await insertGroup(transaction, { id: newId(), name: 'gold', usableBy: [], createdAt: 1 });
      });
      const groups = new GroupDirectory(opened.database, () => [...autoOrder]);
      await groups.reload();
      return groups.allowedRoutes({ group, userGroup });
    } finally {
      await opened.close();
    }
  };

  it.each([
    { group: 'gold', userGroup: 'gold', serves: ['gold'] },
    { group: 'vip', userGroup: 'gold', serves: ['vip'] },
    { group: 'open', userGroup: 'default', serves: ['open'] },
    { group: 'auto', userGroup: 'gold', serves: ['vip', 'open', 'gold'] },
    { group: 'auto', userGroup: 'default', serves: ['open'] },
  ])('are $serves for $group, chosen by a user of $userGroup', async ({ group, userGroup, serves }) => {
    expect(await routes(['vip', 'not-there', 'open', 'gold'], group, userGroup)).toEqual(serves);
  });

  it('are the own one, where no group of the order may be used', async () => {
    expect(await routes(['vip'], 'auto', 'default')).toEqual(['default']);
  });

  it.each(['vip', 'gold', 'not-there'])('are refused where %s may not be used', async (group) => {
    await expect(routes([], group, 'default')).rejects.toThrow(GroupNotAllowedError);
  });
});

describe.each(testDatabases())('group directory on $kind', ({ open }) => {
  let opened: OpenedTestDatabase;
  let groups: GroupDirectory;

  beforeAll(async () => {
    opened = await open();
    await opened.database.write(async (transaction) => {
      await insertGroup(transaction, {
        id: newId(),
        name: 'vip',
        usableBy: [],
        createdAt: 1,
        ratio: '0.8',
        ratiosByUserGroup: { gold: '0.5' },
      });
      await insertGroup(transaction, { id: newId(), name: 'plain', usableBy: [], createdAt: 1 });
    });
    groups = new GroupDirectory(opened.database, () => []);
    await groups.reload();
  });
  afterAll(() => opened.close());

  it.each(callers)('decides what $who pays', ({ points, ...caller }) => {
    const book = new PriceBook({ groupRatioOf: (group, userGroup) => groups.ratioOf(group, userGroup), settings: () => settings });
    const rate = book.rateFor(price === undefined ? {} : { price }, 'gpt-4', caller, 0);
    expect(pointsText(costOf(rate, usage))).toBe(points);
  });
});
