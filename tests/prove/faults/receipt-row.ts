import type { Usage } from '@tollgate/plugin-kit';
import type { AttemptRecord, UsageRecordRow } from '../../../packages/core/src/modules/usage/index.js';

/** What the witness reads of a receipt. */
export const witnessedColumns = [
  'id',
  'request_id',
  'token_name',
  'token_id',
  'outcome',
  'ending',
  'policy',
  'fallback',
  'usage',
  'estimated',
  'suspicious',
  'cost',
  'uncollected',
  'extensions',
  'attempts',
  'first_byte_ms',
] as const satisfies readonly (keyof UsageRecordRow)[];

type Witnessed = Pick<UsageRecordRow, (typeof witnessedColumns)[number]>;
type WholeNumber = 'estimated' | 'suspicious' | 'extensions' | 'cost' | 'uncollected';

/** Integers may come as number or bigint: databases differ. */
export type WitnessedRow = { readonly [Column in keyof Witnessed]: Column extends WholeNumber ? number | bigint : Witnessed[Column] };

export interface WitnessedReceipt extends Omit<Witnessed, 'usage' | 'attempts' | 'estimated' | 'suspicious'> {
  readonly usage: Usage;
  readonly attempts: readonly AttemptRecord[];
  readonly estimated: boolean;
  readonly suspicious: boolean;
  readonly reachedClient: boolean;
}

export function witnessedReceipt(row: WitnessedRow): WitnessedReceipt {
  return {
    ...row,
    usage: JSON.parse(row.usage) as Usage,
    attempts: JSON.parse(row.attempts) as readonly AttemptRecord[],
    estimated: Number(row.estimated) === 1,
    suspicious: Number(row.suspicious) === 1,
    extensions: Number(row.extensions),
    cost: BigInt(row.cost),
    uncollected: BigInt(row.uncollected),
    reachedClient: row.first_byte_ms !== null,
  };
}
