import { requestCounters, type Usage, usageBuckets } from '@tollgate/plugin-kit';
import { z } from 'zod';
import { pointsText } from '../../foundation/millipoints.js';
import type { RefundReport } from '../../modules/ledger/index.js';
import type { AttemptRecord, UsageRecord } from '../../modules/usage/index.js';
import { points } from './endpoint.js';
import { routing } from './routing-answers.js';

/** `user`: what concerns the one who pays. `admin`: also where the call went and what its upstreams said. */
export type ReceiptView = 'user' | 'admin';

const tokens = z.number().meta({ title: 'Tokens' });

const requests = z.number().optional().meta({ title: 'Requests to a tool of the vendor, or search units, where it states them' });

const usageSchema = z.object({
  ...Object.fromEntries(usageBuckets.map((bucket) => [bucket, tokens])),
  ...Object.fromEntries(requestCounters.map((counter) => [counter, requests])),
  images: z
    .array(z.object({ count: z.number(), size: z.string().optional(), quality: z.string().optional() }))
    .readonly()
    .optional(),
  media: z.object({ seconds: z.number(), resolution: z.string().optional() }).optional(),
});

const attempt = z.object({
  startedMs: z.number().meta({ title: 'Since the call came in' }),
  durationMs: z.number(),
  usage: z.record(z.string(), z.unknown()).optional().meta({ title: 'What a failed attempt used, where its upstream stated it' }),
  charged: z.literal(true).optional().meta({ title: 'That usage is part of the cost' }),
  channelId: z.string().optional().meta({ title: 'For operators alone' }),
  upstreamRequestId: z.string().optional().meta({ title: 'For operators alone' }),
  status: z.number().optional().meta({ title: 'What the upstream answered; for operators alone' }),
  failure: z.string().optional().meta({ title: 'For operators alone' }),
  hedge: z
    .enum(['first', 'second'])
    .optional()
    .meta({ title: 'One of two that ran at once; what the other has used is the cost of the operator. For operators alone' }),
});

/** The receipt of a call as the management API shows it. */
export const receipt = z.object({
  requestId: z.string(),
  createdAt: z.iso.datetime(),
  model: z.string(),
  dialect: z.string(),
  stream: z.boolean(),
  outcome: z.enum(['ok', 'failed', 'aborted', 'lost']),
  ending: z.string().meta({ title: 'How the call ended; see docs/settlement.md' }),
  policy: z.string().meta({ title: 'The rule by which the call was closed' }),
  fallback: z.string().optional().meta({ title: 'Why the rule in force could not be kept to' }),
  failure: z.string().optional(),
  losses: z
    .array(z.object({ side: z.enum(['request', 'answer']), field: z.string(), how: z.enum(['dropped', 'coerced', 'emulated']) }))
    .optional()
    .meta({ title: 'What had no place in the other dialect' }),
  usage: usageSchema,
  estimated: z.boolean(),
  suspicious: z.boolean().meta({ title: 'Figures of the upstream were beyond belief and have been bounded' }),
  group: z.string(),
  groupRatio: z.string(),
  groupRatioSource: z.enum(['user', 'user-group', 'group', 'default']).meta({ title: 'Which rule gave the group ratio' }),
  price: z
    .record(z.string(), z.unknown())
    .meta({ title: 'What was in force: ratios, or prices of a call, a search, an image or a second, and tool fees' }),
  priceSource: z.enum(['preset', 'synced', 'manual', 'default']).meta({ title: 'Who set the price' }),
  priceWindow: z.record(z.string(), z.unknown()).optional().meta({ title: 'The hours whose factor was in force' }),
  cost: points,
  exactCost: points.optional().meta({ title: 'The cost before it was rounded, where it had to be' }),
  uncollected: points,
  refund: z
    .object({ points, at: z.iso.datetime() })
    .optional()
    .meta({ title: 'What was given back for the call afterwards; `cost` stays what it was charged' }),
  held: points.meta({ title: 'What was set aside in the end' }),
  heldAt: z.iso.datetime(),
  extensions: z.number().meta({ title: 'How often the hold grew' }),
  settledAt: z.iso.datetime(),
  attempts: z.array(attempt),
  firstByteMs: z.number().optional(),
  totalMs: z.number(),
  overheadMs: z.number().optional().meta({ title: "The gateway's own part of the time until the answer began" }),
  userId: z.string().optional().meta({ title: 'For operators alone' }),
  tokenId: z.string().optional().meta({ title: 'For operators alone' }),
  tokenName: z.string().optional(),
  channelId: z.string().optional().meta({ title: 'For operators alone' }),
  provider: z.string().optional().meta({ title: 'For operators alone' }),
  upstreamModel: z.string().optional().meta({ title: 'For operators alone' }),
  upstreamDialect: z.string().optional().meta({ title: 'For operators alone' }),
  rawUsage: z.string().optional().meta({ title: "The vendor's own words on suspicious usage; for operators alone" }),
  routing: routing.optional().meta({ title: 'Why the call went where it went; for operators alone' }),
});

type PresentedReceipt = z.input<typeof receipt>;

export function presentReceipt(record: UsageRecord, view: ReceiptView, refund?: RefundReport): PresentedReceipt {
  const { requestId, model, dialect, stream, outcome, ending, policy, estimated, suspicious, extensions, totalMs } = record;
  const presented: PresentedReceipt = {
    requestId,
    createdAt: timeText(record.createdAt),
    model,
    dialect,
    stream,
    outcome,
    ending,
    policy,
    ...given(record, ['fallback', 'failure', 'firstByteMs', 'tokenName']),
    ...(record.losses === undefined ? {} : { losses: [...record.losses] }),
    usage: { ...record.usage },
    estimated,
    suspicious,
    group: record.rate.group,
    groupRatio: record.rate.groupRatio,
    groupRatioSource: record.rate.groupRatioSource,
    price: { ...record.rate.price },
    priceSource: record.rate.priceSource,
    ...(record.rate.window === undefined ? {} : { priceWindow: { ...record.rate.window } }),
    cost: pointsText(record.cost),
    ...(record.exactCost === undefined ? {} : { exactCost: exactPoints(record.exactCost) }),
    uncollected: pointsText(record.uncollected),
    ...(refund === undefined ? {} : { refund: { points: pointsText(refund.amount), at: timeText(refund.at) } }),
    held: pointsText(record.held),
    heldAt: timeText(record.heldAt),
    extensions,
    settledAt: timeText(record.settledAt),
    attempts: record.attempts.map((made) => presentAttempt(made, view)),
    totalMs,
    ...(record.overheadUs === undefined ? {} : { overheadMs: record.overheadUs / 1_000 }),
  };
  if (view === 'user') return presented;
  const ofOperators = ['userId', 'tokenId', 'channelId', 'provider', 'upstreamModel', 'upstreamDialect', 'rawUsage'] as const;
  return { ...presented, ...given(record, ofOperators) };
}

function presentAttempt(made: AttemptRecord, view: ReceiptView): z.input<typeof attempt> {
  const { startedMs, durationMs } = made;
  const presented = { startedMs, durationMs, ...usageOfAttempt(made.usage), ...given(made, ['charged']) };
  if (view === 'user') return presented;
  return { ...presented, ...given(made, ['channelId', 'upstreamRequestId', 'status', 'failure', 'hedge']) };
}

function usageOfAttempt(usage: Partial<Usage> | undefined): { usage?: Record<string, unknown> } {
  return usage === undefined ? {} : { usage: { ...usage } };
}

type Present<Fields, Name extends keyof Fields> = { -readonly [Key in Name]?: Exclude<Fields[Key], undefined> };

/** The named fields, as far as they are there. */
function given<Fields extends object, Name extends keyof Fields>(fields: Fields, names: readonly Name[]): Present<Fields, Name> {
  const found: Present<Fields, Name> = {};
  for (const name of names) if (fields[name] !== undefined) found[name] = fields[name] as Exclude<Fields[Name], undefined>;
  return found;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}

/** Millipoints as decimal text → points: the decimal point moves by three places. */
function exactPoints(millipointsText: string): string {
  const [whole = '0', fraction = ''] = millipointsText.split('.');
  const padded = whole.padStart(4, '0');
  return `${padded.slice(0, -3)}.${padded.slice(-3)}${fraction}`;
}
