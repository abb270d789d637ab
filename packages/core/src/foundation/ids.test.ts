import { describe, expect, it } from 'vitest';
import { newId, newPrefixedId, newRequestId } from './ids.js';

describe('ids', () => {
  it('sort in the order in which they were made', () => {
    const made = Array.from({ length: 1_000 }, newId);
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
  });

  it('carry their prefix and stay within 40 characters', () => {
    expect(newPrefixedId('call_')).toMatch(/^call_[0-9a-f]{32}$/);
    expect(newPrefixedId('chatcompletion-')).toHaveLength(40);
    expect(newRequestId()).toMatch(/^req_[0-9a-f]{32}$/);
  });
});
