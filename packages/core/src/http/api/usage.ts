import { z } from 'zod';
import type { RefundReport } from '../../modules/ledger/index.js';
import type { UsageOwner, UsagePageRequest, UsageRecord } from '../../modules/usage/index.js';
import { ReceiptNotFoundError } from '../http-errors.js';
import { defineEndpoint, type Endpoint } from './endpoint.js';
import { PageCursors, pageOf, pageShape } from './page.js';
import { traceOf } from '../../modules/routing/index.js';
import { channelsIn, type PresentedRouting, presentTrace } from './routing-answers.js';
import { presentReceipt, receipt } from './receipt.js';

export interface UsageReader {
  /** The receipts of an API key or of all of a user's, newest first. */
  page(owner: UsageOwner, page: UsagePageRequest): Promise<readonly UsageRecord[]>;
  /** The receipt of a call, whoever made it. */
  one(requestId: string): Promise<UsageRecord | undefined>;
  /** Call → what was given back for it. */
  refundsOf(requestIds: readonly string[]): Promise<ReadonlyMap<string, RefundReport>>;
  /** Channel → its name, of those that are still there. */
  channelNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const cursors = new PageCursors('usage', z.tuple([z.int(), z.string()]));

export function usageEndpoints(read: UsageReader): readonly Endpoint[] {
  return [usageEndpoint(read), receiptEndpoint(read)];
}

/** The caller's own receipts. What concerns the operator alone (channels, upstreams) is left out. */
function usageEndpoint(read: UsageReader): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/usage',
    title: 'Calls of this API key, or of all keys of the account, with their usage and cost, newest first',
    permission: 'usage.read',
    query: z.strictObject(pageShape),
    response: pageOf(receipt),
    handle: async ({ caller: { userId, token }, query }) => {
      const owner = token === undefined ? { userId } : { tokenId: token.id };
      const [createdAt, id] = cursors.positionOf(query) ?? [];
      const before = createdAt === undefined || id === undefined ? {} : { before: { createdAt, id } };
      const records = await read.page(owner, { limit: query.limit + 1, ...before });
      const { items, next } = cursors.page(query, records, (record) => [record.createdAt, record.id]);
      const refunds = await read.refundsOf(items.map((record) => record.requestId));
      return { items: items.map((record) => presentReceipt(record, 'user', refunds.get(record.requestId))), next };
    },
  });
}

/** Whoever may see all calls sees where they went, too. Others are told of other people's calls what they are told of none. */
function receiptEndpoint(read: UsageReader): Endpoint {
  return defineEndpoint({
    method: 'GET',
    path: '/api/usage/:requestId',
    title: 'The receipt of one call, by the request id that its answer carried',
    permission: 'usage.read',
    params: z.strictObject({ requestId: z.string() }),
    response: receipt,
    handle: async ({ caller: { userId, token, permissions }, params: { requestId } }) => {
      const record = await read.one(requestId);
      if (record === undefined) throw new ReceiptNotFoundError(requestId);
      const refund = (await read.refundsOf([requestId])).get(requestId);
      if (permissions.has('usage.all.read')) return { ...presentReceipt(record, 'admin', refund), ...(await presentRouting(read, record)) };
      const isOwn = token === undefined ? record.userId === userId : record.tokenId === token.id;
      if (!isOwn) throw new ReceiptNotFoundError(requestId);
      return presentReceipt(record, 'user', refund);
    },
  });
}

async function presentRouting(read: UsageReader, { routing: text }: UsageRecord): Promise<{ routing?: PresentedRouting }> {
  if (text === undefined) return {};
  const trace = traceOf(text);
  return { routing: presentTrace(trace, await read.channelNames(channelsIn(trace))) };
}
