import { describe, expect, it } from 'vitest';
import { redact } from './redact.js';

describe('redact', () => {
  it.each([
    ['See https://internal.example/keys?id=7 for more.', 'See [link] for more.'],
    ['(HTTP://10.0.0.5:8080/v1)', '([link])'],
    ['connect ECONNREFUSED 10.1.2.3:8080', 'connect ECONNREFUSED [address]'],
    ['Incorrect API key provided: sk-proj-abc***xyz.', 'Incorrect API key provided: [key]'],
    ['key gsk_no but gsk-0123456789 and xai-0123456789', 'key gsk_no but [key] and [key]'],
    ['Bearer eyJhbGciOi.J9', '[key]'],
    ['AIzaSyA-0123456789_abcdefghijk is wrong', '[key] is wrong'],
    ['in organization org-AbC123dEf456 on', 'in organization [account] on'],
    ['project proj_0123456789 of user_2wT5ElBE4Es3R4QrNL', 'project [account] of [account]'],
  ])('hides what belongs to the operator: %s', (message, shown) => {
    expect(redact(message)).toBe(shown);
  });

  it.each([
    'Unknown parameter: web_search_options.user_location',
    'user-generated content is not allowed',
    'a task-based, key-value, risk-free model of version 1.2.3',
    'gpt-4o-mini-2024-07-18 and org-wide limits',
    'max_tokens is too large: 100000. This model supports at most 16384.',
  ])('leaves what belongs to the caller: %s', (message) => {
    expect(redact(message)).toBe(message);
  });

  it('cuts novels', () => {
    expect(redact('x'.repeat(100_000)).length).toBeLessThanOrEqual(2_000);
  });
});
