import { describe, expect, it } from 'vitest';
import { finishByStop, readFinish } from './stop-reason.js';

describe('a finish reason of a text completion', () => {
  it.each([
    ['stop', 'end'],
    ['length', 'length'],
    ['content_filter', 'filter'],
    ['error', 'error'],
    ['something new', 'end'],
    [null, 'end'],
  ] as const)('%s is %s', (finish, stop) => {
    expect(readFinish(finish)).toBe(stop);
  });

  it('is written for every way to end', () => {
    expect(finishByStop).toEqual({
      end: 'stop',
      'stop-sequence': 'stop',
      pause: 'stop',
      tool: 'stop',
      length: 'length',
      error: 'length',
      filter: 'content_filter',
      refusal: 'content_filter',
    });
  });
});
