import { requestCounters, usageBuckets } from '@tollgate/plugin-kit';
import { z } from 'zod';
import { pointsText } from '../../foundation/millipoints.js';
import type { UsageOwner, UsagePageRequest, UsageRecord } from '../../modules/usage/index.js';
import { defineEndpoint, type Endpoint, InvalidParameterError, points } from './endpoint.js';

/** The receipts of an API key or of all of a user's, newest first. */
export type ReadUsage = (owner: UsageOwner, page: UsagePageRequest) => Promise<readonly UsageRecord[]>;

const tokens = z.number().meta({ title: 'Tokens' });

const requests = z.number().optional().meta({ title: 'Requests to a tool of the vendor, where it states them' });

const receipt = z.object({
  requestId: z.string(),
  createdAt: z.iso.datetime(),
  model: z.string(),
  dialect: z.string(),
  stream: z.boolean(),
  outcome: z.enum(['ok', 'failed', 'aborted', 'lost']),
  policy: z.string().meta({ title: 'The rule by which the call was closed' }),
  failure: z.string().optional(),
  losses: z
    .array(z.object({ side: z.enum(['request', 'answer']), field: z.string(), how: z.enum(['dropped', 'coerced', 'emulated']) }))
    .optional()
    .meta({ title: 'What had no place in the other dialect' }),
  usage: z.object({
    ...Object.fromEntries(usageBuckets.map((bucket) => [bucket, tokens])),
    ...Object.fromEntries(requestCounters.map((counter) => [counter, requests])),
    images: z
      .array(z.object({ count: z.number(), size: z.string().optional(), quality: z.string().optional() }))
      .readonly()
      .optional(),
    media: z.object({ seconds: z.number(), resolution: z.string().optional() }).optional(),
  }),
  estimated: z.boolean(),
  group: z.string(),
  groupRatio: z.string(),
  groupRatioSource: z.enum(['user', 'user-group', 'group', 'default']).meta({ title: 'Which rule gave the group ratio' }),
  price: z
    .record(z.string(), z.unknown())
    .meta({ title: 'What was in force: ratios, or prices of a call, an image or a second, and tool fees' }),
  priceSource: z.enum(['preset', 'synced', 'manual', 'default']).meta({ title: 'Who set the price' }),
  cost: points,
  uncollected: points,
  firstByteMs: z.number().optional(),
  totalMs: z.number(),
});

const limitMax = 500;
const limitText = `Use a whole number from 1 to ${limitMax}.`;

/** The caller's own receipts. What concerns the operator alone (channels, attempts) is left out. */
export function usageEndpoint(readUsage: ReadUsage): Endpoint {
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
      const records = await readUsage(owner, { limit, ...(before === undefined ? {} : { before: positionOf(before) }) });
      const last = records.at(-1);
      return {
        items: records.map(presentReceipt),
        ...(last === undefined || records.length < limit ? {} : { next: `${last.createdAt}-${last.id}` }),
      };
    },
  });
}

function positionOf(text: string): { readonly createdAt: number; readonly id: string } {
  const match = /^(\d+)-(.+)$/.exec(text);
  if (match?.[2] === undefined) throw new InvalidParameterError('before', 'Use the "next" of the page before.');
  return { createdAt: Number(match[1]), id: match[2] };
}

function presentReceipt(record: UsageRecord): z.input<typeof receipt> {
  const { requestId, model, dialect, stream, outcome, policy, failure, losses, usage, estimated, firstByteMs, totalMs } = record;
  return {
    requestId,
    createdAt: new Date(record.createdAt).toISOString(),
    model,
    dialect,
    stream,
    outcome,
    policy,
    ...(failure === undefined ? {} : { failure }),
    ...(losses === undefined ? {} : { losses: [...losses] }),
    usage: { ...usage },
    estimated,
    group: record.rate.group,
    groupRatio: record.rate.groupRatio,
    groupRatioSource: record.rate.groupRatioSource,
    price: { ...record.rate.price },
    priceSource: record.rate.priceSource,
    cost: pointsText(record.cost),
    uncollected: pointsText(record.uncollected),
    ...(firstByteMs === undefined ? {} : { firstByteMs }),
    totalMs,
  };
}
