import { describe, expect, it } from 'vitest';
import { traitsOf } from './model-traits.js';

describe('traitsOf', () => {
  it.each([
    ['claude-3-5-haiku-20241022', true, false, true, false],
    ['claude-3-opus-20240229', true, false, true, false],
    ['claude-sonnet-4-20250514', true, false, true, true],
    ['claude-sonnet-4-5-20250929', true, false, true, true],
    ['anthropic.claude-opus-4-5-20251101-v1:0', true, false, true, true],
    ['claude-opus-4-6', true, true, true, true],
    ['claude-opus-4-7', false, true, false, true],
    ['anthropic/claude-opus-4.8', false, true, false, true],
    ['claude-haiku-5-5', false, true, false, true],
    ['claude-fable-5', false, true, false, true],
    ['claude-mythos-preview', false, true, false, true],
    ['glm-5', true, false, true, false],
  ])('%s: sampling %s, adaptive thinking %s, shows it %s, can be told %s', (model, ...traits) => {
    const [sampling, adaptiveThinking, showsThinking, thinkingDisplay] = traits;
    expect(traitsOf(model)).toEqual({ sampling, adaptiveThinking, showsThinking, thinkingDisplay });
  });
});
