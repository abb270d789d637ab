import type { Usage } from '@tollgate/plugin-kit';
import { millipoints } from '../../foundation/millipoints.js';
import type { RowValue } from '../../foundation/row-mac.js';
import type { FrozenRate } from '../pricing/index.js';
import type { AttemptRecord, ClosingPolicy, LossRecord, UsageRecord } from './usage.js';

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
  readonly policy: ClosingPolicy;
  readonly usage: string;
  readonly estimated: number;
  readonly suspicious: number;
  readonly rate: string;
  readonly cost: bigint;
  readonly uncollected: bigint;
  /** JSON list of the periods of spend caps that the cost was counted in; null where nothing is capped. */
  readonly spend_windows: string | null;
  readonly attempts: string;
  readonly failure: string | null;
  readonly losses: string | null;
  readonly first_byte_ms: number | null;
  readonly total_ms: number;
  readonly mac: string;
}

/** Everything but what the ledger fills. */
export type ReceiptRow = Omit<UsageRecordRow, 'cost' | 'uncollected' | 'spend_windows' | 'mac'>;

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
  'policy',
  'usage',
  'estimated',
  'suspicious',
  'rate',
  'cost',
  'uncollected',
  'spend_windows',
  'attempts',
  'failure',
  'losses',
  'first_byte_ms',
  'total_ms',
] as const satisfies readonly (keyof UsageRecordRow)[];

export function signedUsageValues(row: Omit<UsageRecordRow, 'mac'>): readonly RowValue[] {
  return signedUsageColumns.map((column) => row[column]);
}

export function receiptRowOf(record: Omit<UsageRecord, 'cost' | 'uncollected'>, rate: string): ReceiptRow {
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
    policy: record.policy,
    usage: JSON.stringify(record.usage),
    estimated: record.estimated ? 1 : 0,
    suspicious: record.suspicious ? 1 : 0,
    rate,
    attempts: JSON.stringify(record.attempts),
    failure: storable(record.failure),
    losses: record.losses === undefined ? null : JSON.stringify(record.losses),
    first_byte_ms: record.firstByteMs === undefined ? null : durationOf(record.firstByteMs),
    total_ms: durationOf(record.totalMs),
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
    policy: row.policy as ClosingPolicy,
    usage: JSON.parse(String(row.usage)) as Usage,
    estimated: Number(row.estimated) === 1,
    suspicious: Number(row.suspicious) === 1,
    rate: JSON.parse(String(row.rate)) as FrozenRate,
    cost: millipoints(row.cost as bigint),
    uncollected: millipoints(row.uncollected as bigint),
    attempts: JSON.parse(String(row.attempts)) as readonly AttemptRecord[],
    ...optionalText('failure', row.failure),
    ...(row.losses === null ? {} : { losses: JSON.parse(row.losses as string) as readonly LossRecord[] }),
    ...(row.first_byte_ms === null ? {} : { firstByteMs: Number(row.first_byte_ms) }),
    totalMs: Number(row.total_ms),
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

/** Callers choose some of these texts; PostgreSQL refuses NUL and lone surrogates, and a refused receipt would leave its hold open. */
function storable(text: string | undefined): string | null {
  if (text === undefined) return null;
  return text.slice(0, textLengthMax).replace(/[\0\p{Surrogate}]/gu, '\u{FFFD}');
}
