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

  const flat = { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'x' }, { type: 'web_search' }] };
  const nested = {
    type: 'allowed_tools',
    allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'x' } }, { type: 'web_search' }] },
  };

  it.each([
    ['openai-chat', { text: { verbosity: 'low' } }, { verbosity: 'low' }, []],
    ['openai-responses', { verbosity: 'low' }, { text: { verbosity: 'low' } }, []],
    ['openai-chat', { text: { verbosity: 'low', tone: 'dry' } }, { verbosity: 'low' }, ['text.tone']],
    ['openai-chat', { text: 'odd' }, {}, ['text']],
    ['openai-chat', { tool_choice: flat }, { tool_choice: nested }, []],
    ['openai-responses', { tool_choice: nested }, { tool_choice: flat }, []],
    ['openai-responses', { tool_choice: { type: 'news' } }, {}, ['tool_choice']],
    ['openai-responses', { tool_choice: { type: 'allowed_tools' } }, {}, ['tool_choice']],
    ['openai-responses', { prediction: { type: 'content', content: 'a' } }, {}, ['prediction']],
    [
      'openai-responses',
      { logprobs: true, modalities: ['text', 'audio'], audio: { voice: 'alloy' } },
      {},
      ['logprobs', 'modalities', 'audio'],
    ],
    ['openai-responses', { web_search_options: {} }, {}, ['web_search_options']],
  ])('go to %s from %j in its own words: %j', (own, fields, written, lost) => {
    const sibling = own === 'openai-chat' ? 'openai-responses' : 'openai-chat';
    const context = testContext();
    expect(writableExtensions(canonicalRequest({ extensions: { [sibling]: fields } }), own, sibling, context)).toEqual(written);
    expect(context.lostFields()).toEqual(lost);
  });
});
