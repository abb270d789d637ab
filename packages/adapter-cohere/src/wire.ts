import type { CodecContext, Vendor } from '@tollgate/plugin-kit';

export const vendor: Vendor = 'cohere';

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Says that a field was left out. */
export function drop(field: string, why: string, context: CodecContext): undefined {
  context.lose({ field, how: 'dropped', why });
}
