import type { StopReason } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { readStop, writeStop } from './stop-reason.js';

const nothing = { toolCall: false, refusal: false };

describe('the status of an answer', () => {
  it.each([
    [{ status: 'completed' }, 'end'],
    [{}, 'end'],
    [{ status: 'cancelled' }, 'error'],
    [{ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }, 'length'],
    [{ status: 'incomplete', incomplete_details: { reason: 'content_filter' } }, 'filter'],
    [{ status: 'incomplete', incomplete_details: { reason: 'news' } }, 'length'],
    [{ status: 'incomplete', incomplete_details: null }, 'length'],
    [{ status: 'completed', incomplete_details: { reason: 'content_filter' } }, 'end'],
  ] as const)('%j is %s', (answer, stop) => {
    expect(readStop(answer, nothing)).toBe(stop);
  });

  it('of a whole answer is told by what it holds, and by nothing else', () => {
    expect(readStop({ status: 'completed' }, { toolCall: true, refusal: false })).toBe('tool');
    expect(readStop({ status: 'completed' }, { toolCall: false, refusal: true })).toBe('refusal');
    expect(readStop({ status: 'completed' }, { toolCall: true, refusal: true })).toBe('tool');
    expect(readStop({ status: 'cancelled' }, { toolCall: true, refusal: true })).toBe('error');
    expect(readStop({ status: 'incomplete' }, { toolCall: true, refusal: true })).toBe('length');
  });

  it.each([
    ['length', 'max_output_tokens'],
    ['error', 'max_output_tokens'],
    ['filter', 'content_filter'],
    ['refusal', 'content_filter'],
  ] as const)('tells that it is not whole after %s', (stop, reason) => {
    expect(writeStop(stop)).toEqual({ status: 'incomplete', incomplete_details: { reason } });
  });

  it.each(['end', 'tool', 'stop-sequence', 'pause'] satisfies readonly StopReason[])('is that of a whole answer after %s', (stop) => {
    expect(writeStop(stop)).toEqual({ status: 'completed', incomplete_details: null });
  });
});
