import { describe, expect, it } from 'vitest';
import { encodeRequest } from './chat/encode-request.js';
import { splitEffort } from './effort-suffix.js';
import { canonicalRequest } from './testing/canonical.js';
import { testContext } from './testing/test-context.js';

describe('an effort in the name of a model', () => {
  it.each([
    ['gpt-5-high', 'gpt-5', { mode: 'on', effort: 'high' }],
    ['gpt-5-mini-2025-08-07-minimal', 'gpt-5-mini-2025-08-07', { mode: 'on', effort: 'minimal' }],
    ['o3-mini-low', 'o3-mini', { mode: 'on', effort: 'low' }],
    ['openai/o4-mini-medium', 'openai/o4-mini', { mode: 'on', effort: 'medium' }],
    ['gpt-5.2-xhigh', 'gpt-5.2', { mode: 'on', effort: 'max' }],
    ['gpt-5.1-none', 'gpt-5.1', { mode: 'off' }],
    ['grok-3-mini-high', 'grok-3-mini', { mode: 'on', effort: 'high' }],
    ['x-ai/grok-3-mini-fast-low', 'x-ai/grok-3-mini-fast', { mode: 'on', effort: 'low' }],
  ])('is taken from %s', (name, model, thinking) => {
    expect(splitEffort(name)).toEqual({ model, thinking });
  });

  it.each([
    'gpt-5',
    'gpt-5.1-codex-max',
    'gpt-4o-high',
    'gpt-5-chat-latest-high',
    'grok-3-mini-medium',
    'grok-4-high',
    'llama-3-high',
    'deepseek-r1-none',
    '-high',
    'high',
    '',
  ])('is not looked for in %j', (name) => {
    expect(splitEffort(name)).toBeUndefined();
  });

  it('goes to the upstream as a field, by the model’s own name', () => {
    const context = testContext();
    expect(encodeRequest(canonicalRequest({ model: 'gpt-5-high', outputTokensMax: 7, sampling: { temperature: 0 } }), context)).toEqual({
      model: 'gpt-5',
      messages: [{ role: 'user', content: 'Hi' }],
      reasoning_effort: 'high',
      max_completion_tokens: 7,
    });
    expect(context.lostFields()).toEqual(['temperature']);
  });

  it('counts more than the effort in a field, which is said', () => {
    const sent = (effort: 'low' | 'high') => {
      const context = testContext();
      const body = encodeRequest(canonicalRequest({ model: 'o3-high', thinking: { mode: 'on', effort } }), context);
      return [body['reasoning_effort'], context.lostFields()];
    };
    expect(sent('low')).toEqual(['high', ['thinking']]);
    expect(sent('high')).toEqual(['high', []]);
  });
});
