import { z } from 'zod';
import { noMillipoints, pointsText } from '../../foundation/millipoints.js';
import type { AccountReport, BudgetReport } from '../../modules/ledger/index.js';
import type { Caller } from '../../modules/access/index.js';
import { defineEndpoint, type Endpoint, points } from './endpoint.js';

/** The ledger's reports, bound to their database. */
export interface AccountReports {
  accountOf(userId: string): Promise<AccountReport>;
  budgetOf(tokenId: string): Promise<BudgetReport | undefined>;
}

/** What the caller owns, and what its token may still spend. */
export function accountEndpoint(reports: AccountReports): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/account',
    title: 'Balance of the account, and what the API key that asks may spend',
    permission: 'account.read',
    response: z.object({
      balance: points,
      held: points,
      token: z
        .object({ name: z.string(), spent: points, held: points, remaining: z.union([points, z.literal('unlimited')]) })
        .optional()
        .meta({ title: 'The API key that asks; absent for access tokens' }),
    }),
    handle: ({ caller }) => readAccount(reports, caller),
  });
}

async function readAccount(reports: AccountReports, { userId, token }: Caller) {
  const { balance, held } = await reports.accountOf(userId);
  const account = { balance: pointsText(balance), held: pointsText(held) };
  return token === undefined ? account : { ...account, token: await readBudget(reports, token) };
}

async function readBudget(reports: AccountReports, { id, name }: NonNullable<Caller['token']>) {
  const budget = await reports.budgetOf(id);
  const remaining = budget?.remaining ?? noMillipoints;
  return {
    name,
    spent: pointsText(budget?.spent ?? noMillipoints),
    held: pointsText(budget?.held ?? noMillipoints),
    remaining: remaining === 'unlimited' ? remaining : pointsText(remaining),
  };
}
