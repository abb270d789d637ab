import { describe, expect, it } from 'vitest';
import { traitsOf } from './model-traits.js';

describe('traitsOf', () => {
  it.each([
    ['claude-3-5-haiku-20241022', true, false],
    ['claude-3-opus-20240229', true, false],
    ['claude-sonnet-4-20250514', true, false],
    ['claude-sonnet-4-5-20250929', true, false],
    ['anthropic.claude-opus-4-5-20251101-v1:0', true, false],
    ['claude-opus-4-6', true, true],
    ['claude-opus-4-7', false, true],
    ['anthropic/claude-opus-4.8', false, true],
    ['claude-haiku-5-5', false, true],
    ['claude-fable-5', false, true],
    ['claude-mythos-preview', false, true],
    ['glm-5', true, false],
  ])('%s: sampling %s, adaptive thinking %s', (model, sampling, adaptiveThinking) => {
    expect(traitsOf(model)).toEqual({ sampling, adaptiveThinking });
  });
});
