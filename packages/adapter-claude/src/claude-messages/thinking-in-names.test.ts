import type { JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { testContext } from '../testing/test-context.js';
import { thinkingInNames } from './thinking-in-names.js';

describe('a way to think in the name of a model', () => {
  it.each([
    ['claude-sonnet-4-5-20250929-thinking', 'claude-sonnet-4-5-20250929', { mode: 'on', shown: true }],
    ['claude-3-7-sonnet-latest-thinking', 'claude-3-7-sonnet-latest', { mode: 'on', shown: true }],
    ['anthropic/claude-opus-4.8-nothinking', 'anthropic/claude-opus-4.8', { mode: 'off' }],
    ['claude-opus-4-6-high', 'claude-opus-4-6', { mode: 'on', effort: 'high', shown: true }],
    ['claude-opus-4-7-xhigh', 'claude-opus-4-7', { mode: 'on', effort: 'max', shown: true }],
    ['claude-opus-4-8-minimal', 'claude-opus-4-8', { mode: 'on', effort: 'minimal', shown: true }],
  ])('is read from %s', (name, model, thinking) => {
    expect(thinkingInNames.read(name)).toEqual({ model, thinking });
  });

  it.each([
    'claude-sonnet-4-5',
    // Takes a budget, no effort.
    'claude-sonnet-4-5-high',
    'kimi-k2-thinking',
    'qwen3-235b-a22b-thinking',
    'claude-thinking',
    'thinking',
    '-thinking',
    '',
  ])('is not looked for in %j', (name) => {
    expect(thinkingInNames.read(name)).toBeUndefined();
  });

  function written(name: string, body: JsonObject): { readonly body: JsonObject; readonly lost: readonly string[] } {
    const named = thinkingInNames.read(name);
    if (named === undefined) throw new Error(`${name} says nothing.`);
    const context = testContext();
    const copy = structuredClone(body);
    thinkingInNames.write(copy, named, context);
    return { body: copy, lost: context.lostFields() };
  }

  it('becomes a budget that leaves room for the answer, without what the vendor refuses beside it', () => {
    expect(written('claude-sonnet-4-5-thinking', { max_tokens: 2_000, temperature: 0.5, top_p: 0.9, top_k: 4, system: 'Hi' })).toEqual({
      body: { max_tokens: 2_000, thinking: { type: 'enabled', budget_tokens: 1_600 }, system: 'Hi' },
      lost: ['temperature', 'top_p', 'top_k'],
    });
    expect(written('claude-sonnet-4-5-thinking', { max_tokens: 64_000, temperature: 1, top_p: null })).toEqual({
      body: { max_tokens: 64_000, temperature: 1, top_p: null, thinking: { type: 'enabled', budget_tokens: 8_192 } },
      lost: [],
    });
  });

  it('becomes an effort where the model takes one', () => {
    const body = { max_tokens: 9, output_config: { format: { type: 'json_schema' } } };
    expect(written('claude-opus-4-7-high', body)).toEqual({
      body: {
        max_tokens: 9,
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { format: { type: 'json_schema' }, effort: 'high' },
      },
      lost: [],
    });
  });

  it('is off, whatever the body says, and takes nothing else out', () => {
    const body = { max_tokens: 9_000, temperature: 0.5, thinking: { type: 'enabled', budget_tokens: 2_000 } };
    expect(written('claude-sonnet-4-5-nothinking', body)).toEqual({
      body: { max_tokens: 9_000, temperature: 0.5, thinking: { type: 'disabled' } },
      lost: ['thinking'],
    });
  });

  it('counts more than other fields, which is said, but not how thinking is displayed', () => {
    const body = { max_tokens: 9, thinking: { type: 'disabled', display: 'omitted' }, output_config: { effort: 'low' } };
    expect(written('claude-opus-4-7-high', body)).toEqual({
      body: { max_tokens: 9, thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'high' } },
      lost: ['thinking', 'output_config.effort'],
    });
  });

  it('has to wait where there is no room, or another model called the tools', () => {
    expect(written('claude-sonnet-4-5-thinking', { max_tokens: 1_000 })).toEqual({ body: { max_tokens: 1_000 }, lost: ['thinking'] });
    const messages = [
      { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'weather', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'Sunny' }] },
    ];
    expect(written('claude-sonnet-4-5-thinking', { max_tokens: 9_000, temperature: 0.5, messages })).toEqual({
      body: { max_tokens: 9_000, temperature: 0.5, messages, thinking: { type: 'disabled' } },
      lost: ['thinking'],
    });
  });
});
