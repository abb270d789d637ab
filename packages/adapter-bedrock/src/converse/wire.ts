import type { CodecContext, DialectId, Vendor } from '@tollgate/plugin-kit';

export const dialectId: DialectId = 'bedrock-converse';
/** What models sign here goes back by the same way only: the same model elsewhere has another form for it. */
export const vendor: Vendor = 'bedrock';

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Says that a field was left out. */
export function drop(field: string, why: string, context: CodecContext): undefined {
  context.lose({ field, how: 'dropped', why });
}
