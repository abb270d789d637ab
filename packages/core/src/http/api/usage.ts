import { z } from 'zod';
import type { UsageOwner, UsagePageRequest, UsageRecord } from '../../modules/usage/index.js';
import { ReceiptNotFoundError } from '../http-errors.js';
import { channelsIn, type PresentedRouting, presentTrace } from './routing-answers.js';
import { traceOf } from '../../modules/routing/index.js';
import { defineEndpoint, type Endpoint, InvalidParameterError } from './endpoint.js';
import { presentReceipt, receipt } from './receipt.js';

export interface UsageReader {
  /** The receipts of an API key or of all of a user's, newest first. */
  page(owner: UsageOwner, page: UsagePageRequest): Promise<readonly UsageRecord[]>;
  /** The receipt of a call, whoever made it. */
  one(requestId: string): Promise<UsageRecord | undefined>;
  /** Channel → its name, of those that are still there. */
  channelNames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const limitMax = 500;
const limitText = `Use a whole number from 1 to ${limitMax}.`;

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
    query: z.strictObject({
      limit: z.coerce.number(limitText).int(limitText).min(1, limitText).max(limitMax, limitText).default(50),
      before: z.string().optional().meta({ title: 'The `next` of the page before' }),
    }),
    response: z.object({ items: z.array(receipt), next: z.string().optional() }),
    handle: async ({ caller: { userId, token }, query: { limit, before } }) => {
      const owner = token === undefined ? { userId } : { tokenId: token.id };
      const records = await read.page(owner, { limit, ...(before === undefined ? {} : { before: positionOf(before) }) });
      const last = records.at(-1);
      return {
        items: records.map((record) => presentReceipt(record, 'user')),
        ...(last === undefined || records.length < limit ? {} : { next: `${last.createdAt}-${last.id}` }),
      };
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
      if (permissions.has('usage.all.read')) return { ...presentReceipt(record, 'admin'), ...(await presentRouting(read, record)) };
      const isOwn = token === undefined ? record.userId === userId : record.tokenId === token.id;
      if (!isOwn) throw new ReceiptNotFoundError(requestId);
      return presentReceipt(record, 'user');
    },
  });
}

async function presentRouting(read: UsageReader, { routing: text }: UsageRecord): Promise<{ routing?: PresentedRouting }> {
  if (text === undefined) return {};
  const trace = traceOf(text);
  return { routing: presentTrace(trace, await read.channelNames(channelsIn(trace))) };
}

function positionOf(text: string): { readonly createdAt: number; readonly id: string } {
  const match = /^(\d+)-(.+)$/.exec(text);
  if (match?.[2] === undefined) throw new InvalidParameterError('before', 'Use the "next" of the page before.');
  return { createdAt: Number(match[1]), id: match[2] };
}
