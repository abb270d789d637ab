import { describe, expect, it } from 'vitest';
import {
  canSkipReasoning,
  isOwnModel,
  isReasoningModel,
  isServedClaude,
  knowsHighestEffort,
  knowsMinimalEffort,
  makerOf,
  takesCacheMarks,
  takesSampling,
  takesStopSequences,
} from './model-families.js';

/** What is known of a model, as one word per trait. */
function traitsOf(model: string): string {
  const traits = {
    own: isOwnModel(model),
    reasons: isReasoningModel(model),
    skips: canSkipReasoning(model),
    samples: takesSampling(model, undefined),
    stops: takesStopSequences(model),
    minimal: knowsMinimalEffort(model),
    highest: knowsHighestEffort(model),
  };
  return Object.entries(traits)
    .filter(([, holds]) => holds)
    .map(([trait]) => trait)
    .join(' ');
}

describe('a model', () => {
  it.each([
    ['gpt-4o-mini', 'own samples stops'],
    ['chatgpt-4o-latest', 'own samples stops'],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'own samples stops'],
    ['openai/gpt-4.1', 'own samples stops'],
    ['gpt-5-chat-latest', 'own samples stops minimal'],
    ['o1', 'own reasons stops'],
    ['o3-mini', 'own reasons'],
    ['openai/o4-mini', 'own reasons'],
    ['gpt-5', 'own reasons minimal'],
    ['gpt-5-nano-2025-08-07', 'own reasons minimal'],
    ['gpt-5.1', 'own reasons skips samples'],
    ['gpt-5.1-codex-max', 'own reasons highest'],
    ['gpt-5.2', 'own reasons skips samples highest'],
    ['gpt-5.2-pro-2025-12-11', 'own reasons highest'],
    ['gpt-5.2-chat-latest', 'own reasons highest'],
    ['gpt-5.6-sol', 'own reasons skips stops highest'],
    ['gpt-5.10', 'own reasons skips stops highest'],
    ['openai/gpt-oss-120b', 'samples stops'],
    ['gpt-oss-20b', 'samples stops'],
    ['deepseek-reasoner', 'samples stops'],
    ['llama-o1-gpt-5', 'samples stops'],
    ['', 'samples stops'],
  ])('%s: %s', (model, traits) => {
    expect(traitsOf(model)).toBe(traits);
  });

  it('that is told not to reason may be told how to sample, one that is told to may not', () => {
    expect(takesSampling('gpt-5.6', { mode: 'off' })).toBe(true);
    expect(takesSampling('gpt-5.2', { mode: 'on' })).toBe(false);
    expect(takesSampling('gpt-5', { mode: 'off' })).toBe(false);
    expect(takesSampling('gpt-4o', { mode: 'on' })).toBe(true);
  });

  it.each([
    ['anthropic/claude-opus-4.5', 'anthropic'],
    ['x-ai/grok-4', 'xai'],
    ['OpenAI/gpt-5', 'openai'],
    ['models/gemini-3-pro', undefined],
    ['gpt-5', undefined],
    ['/gpt-5', undefined],
  ])('%s is a reseller’s name for one that %s made', (model, maker) => {
    expect(makerOf(model)).toBe(maker);
  });

  it('takes marks for the cache from a generation on, at the vendor itself', () => {
    for (const model of ['gpt-5.6', 'gpt-5.10-mini', 'gpt-6', 'ft:gpt-5.6:acme']) expect(takesCacheMarks(model)).toBe(true);
    for (const model of ['gpt-5', 'gpt-5.5', 'gpt-4.6', 'openai/gpt-5.6', 'claude-opus-5.6']) expect(takesCacheMarks(model)).toBe(false);
  });

  it('of Claude is served by its name, wherever it stands', () => {
    for (const model of ['claude-opus-4', 'anthropic/claude-opus-4', 'us.anthropic.claude-opus-4-v1:0'])
      expect(isServedClaude(model)).toBe(true);
    for (const model of ['gpt-5-claude', 'deepseek-chat']) expect(isServedClaude(model)).toBe(false);
  });
});
