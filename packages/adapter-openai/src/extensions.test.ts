import { describe, expect, it } from 'vitest';
import { writableExtensions } from './extensions.js';
import { canonicalRequest } from './testing/canonical.js';
import { testContext } from './testing/test-context.js';

describe('extensions', () => {
  it('of none are none', () => {
    expect(writableExtensions(canonicalRequest(), 'openai-chat', 'openai-responses', testContext())).toEqual({});
  });

  it.each([
    ['openai-chat', 'openai-responses'],
    ['openai-responses', 'openai-chat'],
  ])('go to %s with what %s means by the same name, and the rest is said', (own, sibling) => {
    const context = testContext();
    const request = canonicalRequest({
      extensions: {
        [own]: { private: 1, metadata: { own: true } },
        [sibling]: { service_tier: 'flex', private: 2 },
        gemini: { metadata: {} },
      },
    });
    expect(writableExtensions(request, own, sibling, context)).toEqual({ private: 1, metadata: { own: true }, service_tier: 'flex' });
    expect(context.losses).toEqual([
      expect.objectContaining({ field: 'private', how: 'dropped', why: expect.stringContaining(sibling) }),
      expect.objectContaining({ field: 'metadata', how: 'dropped', why: expect.stringContaining('gemini') }),
    ]);
  });
});
