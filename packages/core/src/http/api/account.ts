import { z } from 'zod';
import { noMillipoints, pointsText } from '../../foundation/millipoints.js';
import type { AccountReport, BudgetReport } from '../../modules/ledger/index.js';
import type { Principal } from '../../modules/tokens/index.js';
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
    title: 'Balance of the account behind this token, and what the token may spend',
    permission: 'account.read',
    response: z.object({
      balance: points,
      held: points,
      token: z.object({ name: z.string(), spent: points, held: points, remaining: z.union([points, z.literal('unlimited')]) }),
    }),
    handle: ({ principal }) => readAccount(reports, principal),
  });
}

async function readAccount(reports: AccountReports, principal: Principal) {
  const [account, budget] = await Promise.all([reports.accountOf(principal.userId), reports.budgetOf(principal.tokenId)]);
  const remaining = budget?.remaining ?? noMillipoints;
  return {
    balance: pointsText(account.balance),
    held: pointsText(account.held),
    token: {
      name: principal.tokenName,
      spent: pointsText(budget?.spent ?? noMillipoints),
      held: pointsText(budget?.held ?? noMillipoints),
      remaining: remaining === 'unlimited' ? remaining : pointsText(remaining),
    },
  };
}
