import type { Usage } from '@tollgate/plugin-kit';
import { millipoints } from '../../foundation/millipoints.js';
import type { RowValue } from '../../foundation/row-mac.js';
import type { FrozenRate } from '../pricing/index.js';
import type { CallEnding, ClosingPolicy, PolicyFallback } from '../settlement/index.js';
import type { AttemptRecord, LossRecord, UsageRecord } from './usage.js';

/** A receipt as the database keeps it. Amounts are millipoints, nested parts JSON text, truths 0 or 1. */
export interface UsageRecordRow {
  readonly id: string;
  readonly created_at: number;
  readonly request_id: string;
  readonly user_id: string;
  readonly token_id: string | null;
  readonly token_name: string | null;
  readonly channel_id: string | null;
  readonly provider: string | null;
  readonly model: string;
  readonly upstream_model: string | null;
  readonly dialect: string;
  readonly upstream_dialect: string | null;
  readonly stream: number;
  readonly outcome: UsageRecord['outcome'];
  readonly ending: CallEnding;
  readonly policy: ClosingPolicy;
  readonly fallback: PolicyFallback | null;
  readonly usage: string;
  readonly estimated: number;
  readonly suspicious: number;
  /** The vendor's own figures as JSON, where they are beyond belief; else null. */
  readonly raw_usage: string | null;
  readonly rate: string;
  /** The cost before it was rounded, as decimal text; null where nothing had to be rounded. */
  readonly exact_cost: string | null;
  readonly cost: bigint;
  readonly uncollected: bigint;
  /** What was set aside in the end, in how many extensions, and when it first was. */
  readonly held: bigint;
  readonly held_at: number;
  readonly extensions: number;
  readonly settled_at: number;
  /** JSON list of the periods of spend caps that the cost was counted in; null where nothing is capped. */
  readonly spend_windows: string | null;
  readonly attempts: string;
  readonly failure: string | null;
  readonly losses: string | null;
  readonly first_byte_ms: number | null;
  readonly total_ms: number;
  /** The gateway's own part of the time until the answer began, in microseconds. */
  readonly overhead_us: number | null;
  /** Why the call went where it went, in the short form of a trace; null where no channel was looked for, and in rows of older releases. */
  readonly routing: string | null;
  readonly mac: string;
}

/** Everything but what the ledger fills. */
export type ReceiptDraft = Omit<UsageRecord, 'cost' | 'uncollected' | 'held' | 'heldAt' | 'settledAt'>;

/** The same as a row. */
export type ReceiptRow = Omit<UsageRecordRow, 'cost' | 'uncollected' | 'held' | 'held_at' | 'settled_at' | 'spend_windows' | 'mac'>;

/** Every column but the mac, in the order in which they are signed and stored. */
export const signedUsageColumns = [
  'id',
  'created_at',
  'request_id',
  'user_id',
  'token_id',
  'token_name',
  'channel_id',
  'provider',
  'model',
  'upstream_model',
  'dialect',
  'upstream_dialect',
  'stream',
  'outcome',
  'ending',
  'policy',
  'fallback',
  'usage',
  'estimated',
  'suspicious',
  'raw_usage',
  'rate',
  'exact_cost',
  'cost',
  'uncollected',
  'held',
  'held_at',
  'extensions',
  'settled_at',
  'spend_windows',
  'attempts',
  'failure',
  'losses',
  'first_byte_ms',
  'total_ms',
  'overhead_us',
  'routing',
] as const satisfies readonly (keyof UsageRecordRow)[];

/** In the order of the columns, as they are stored. */
export function storedUsageValues(row: Omit<UsageRecordRow, 'mac'>): readonly RowValue[] {
  return signedUsageColumns.map((column) => row[column]);
}

/** The same as they are signed: without a routing that is not there, so that rows of releases that knew none stay valid. */
export function signedUsageValues(row: Omit<UsageRecordRow, 'mac'>): readonly RowValue[] {
  const values = storedUsageValues(row);
  return row.routing === null ? values.slice(0, -1) : values;
}

export function receiptRowOf(record: ReceiptDraft, rate: string): ReceiptRow {
  return {
    id: record.id,
    created_at: Math.floor(record.createdAt),
    request_id: record.requestId,
    user_id: record.userId,
    token_id: record.tokenId ?? null,
    token_name: storable(record.tokenName),
    channel_id: record.channelId ?? null,
    provider: storable(record.provider),
    model: storable(record.model) ?? '',
    upstream_model: storable(record.upstreamModel),
    dialect: record.dialect,
    upstream_dialect: record.upstreamDialect ?? null,
    stream: record.stream ? 1 : 0,
    outcome: record.outcome,
    ending: record.ending,
    policy: record.policy,
    fallback: record.fallback ?? null,
    usage: JSON.stringify(record.usage),
    estimated: record.estimated ? 1 : 0,
    suspicious: record.suspicious ? 1 : 0,
    raw_usage: storable(record.rawUsage, rawUsageLengthMax),
    rate,
    exact_cost: record.exactCost ?? null,
    extensions: record.extensions,
    attempts: JSON.stringify(record.attempts),
    failure: storable(record.failure),
    losses: record.losses === undefined ? null : JSON.stringify(record.losses),
    first_byte_ms: record.firstByteMs === undefined ? null : durationOf(record.firstByteMs),
    total_ms: durationOf(record.totalMs),
    overhead_us: record.overheadUs === undefined ? null : durationOf(record.overheadUs),
    routing: record.routing ?? null,
  };
}

/** Integers may come as number or bigint: databases differ. */
export function rowToUsageRecord(row: { readonly [Column in keyof UsageRecordRow]: unknown }): UsageRecord {
  return {
    id: String(row.id),
    requestId: String(row.request_id),
    createdAt: Number(row.created_at),
    userId: String(row.user_id),
    ...optionalText('tokenId', row.token_id),
    ...optionalText('tokenName', row.token_name),
    ...optionalText('channelId', row.channel_id),
    ...optionalText('provider', row.provider),
    model: String(row.model),
    ...optionalText('upstreamModel', row.upstream_model),
    dialect: String(row.dialect),
    ...optionalText('upstreamDialect', row.upstream_dialect),
    stream: Number(row.stream) === 1,
    outcome: row.outcome as UsageRecord['outcome'],
    ending: row.ending as CallEnding,
    policy: row.policy as ClosingPolicy,
    ...(row.fallback === null ? {} : { fallback: row.fallback as PolicyFallback }),
    usage: JSON.parse(String(row.usage)) as Usage,
    estimated: Number(row.estimated) === 1,
    suspicious: Number(row.suspicious) === 1,
    ...optionalText('rawUsage', row.raw_usage),
    rate: JSON.parse(String(row.rate)) as FrozenRate,
    ...optionalText('exactCost', row.exact_cost),
    cost: millipoints(row.cost as bigint),
    uncollected: millipoints(row.uncollected as bigint),
    held: millipoints(row.held as bigint),
    heldAt: Number(row.held_at),
    extensions: Number(row.extensions),
    settledAt: Number(row.settled_at),
    attempts: JSON.parse(String(row.attempts)) as readonly AttemptRecord[],
    ...optionalText('failure', row.failure),
    ...(row.losses === null ? {} : { losses: JSON.parse(row.losses as string) as readonly LossRecord[] }),
    ...(row.first_byte_ms === null ? {} : { firstByteMs: Number(row.first_byte_ms) }),
    totalMs: Number(row.total_ms),
    ...(row.overhead_us === null ? {} : { overheadUs: Number(row.overhead_us) }),
    ...optionalText('routing', row.routing),
  };
}

function optionalText<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: string } {
  return value === null ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}

const durationMaxMs = 2_147_483_647;

/** Clocks jump, also backwards: a duration that its column refuses would leave the hold open. */
function durationOf(milliseconds: number): number {
  return Math.min(Math.max(Math.round(milliseconds), 0), durationMaxMs);
}

const textLengthMax = 500;
const rawUsageLengthMax = 2_000;

/** Callers choose some of these texts; PostgreSQL refuses NUL and lone surrogates, and a refused receipt would leave its hold open. */
function storable(text: string | undefined, lengthMax = textLengthMax): string | null {
  if (text === undefined) return null;
  return text.slice(0, lengthMax).replace(/[\0\p{Surrogate}]/gu, '\u{FFFD}');
}
