import { describe, expect, it } from 'vitest';
import { finishByStop, readFinishReason } from './stop-reason.js';

const nothing = { toolCall: false, refusal: false };

describe('a finish reason', () => {
  it.each([
    ['stop', 'end'],
    ['length', 'length'],
    ['tool_calls', 'tool'],
    ['function_call', 'tool'],
    ['content_filter', 'filter'],
    ['error', 'error'],
    ['insufficient_system_resource', 'error'],
    ['something new', 'end'],
  ] as const)('%s is %s', (finish, stop) => {
    expect(readFinishReason(finish, nothing)).toBe(stop);
  });

  it('of a natural end is told by what the answer holds, and by nothing else', () => {
    expect(readFinishReason('stop', { toolCall: true, refusal: false })).toBe('tool');
    expect(readFinishReason('stop', { toolCall: false, refusal: true })).toBe('refusal');
    expect(readFinishReason('stop', { toolCall: true, refusal: true })).toBe('tool');
    expect(readFinishReason('length', { toolCall: true, refusal: true })).toBe('length');
  });

  it('is written for every way to end', () => {
    expect(finishByStop).toEqual({
      end: 'stop',
      'stop-sequence': 'stop',
      pause: 'stop',
      length: 'length',
      error: 'length',
      tool: 'tool_calls',
      filter: 'content_filter',
      refusal: 'content_filter',
    });
  });
});
