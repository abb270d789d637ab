import type { StopReason } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { finishReasonOf, stopReasonOf } from './stop-reason.js';

describe('stop reason', () => {
  it.each<[string, StopReason]>([
    ['STOP', 'end'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'filter'],
    ['RECITATION', 'filter'],
    ['BLOCKLIST', 'filter'],
    ['PROHIBITED_CONTENT', 'filter'],
    ['SPII', 'filter'],
    ['OTHER', 'filter'],
    ['SOMETHING_NEW', 'filter'],
    ['MALFORMED_FUNCTION_CALL', 'error'],
  ])('reads %s as %s', (finishReason, stop) => {
    expect(stopReasonOf(finishReason, false)).toBe(stop);
  });

  it('waits for tools after a natural end with calls', () => {
    expect(stopReasonOf('STOP', true)).toBe('tool');
    expect(stopReasonOf('MAX_TOKENS', true)).toBe('length');
  });

  it.each<[StopReason, string]>([
    ['end', 'STOP'],
    ['stop-sequence', 'STOP'],
    ['tool', 'STOP'],
    ['pause', 'STOP'],
    ['length', 'MAX_TOKENS'],
    ['filter', 'SAFETY'],
    ['refusal', 'SAFETY'],
    ['error', 'OTHER'],
  ])('writes %s as %s', (stop, finishReason) => {
    expect(finishReasonOf(stop)).toBe(finishReason);
  });
});
