import { describe, expect, it } from 'vitest';
import { contentTypeOf, keepAlive } from './framing-facts.js';

describe('a framing', () => {
  it.each([
    ['sse', 'text/event-stream; charset=utf-8'],
    ['json-array', 'application/json; charset=utf-8'],
    ['json-lines', 'application/x-ndjson; charset=utf-8'],
  ] as const)('%s is told as %s', (framing, contentType) => {
    expect(contentTypeOf(framing)).toBe(contentType);
  });

  it('has room for signs of life in event streams only', () => {
    expect(keepAlive('sse')).toBe(': keep-alive\n\n');
    expect(keepAlive('json-array')).toBeUndefined();
    expect(keepAlive('json-lines')).toBeUndefined();
  });
});
