import type { Dialect, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { openaiChat } from './chat/dialect.js';
import { splitEffort } from './effort-suffix.js';
import { openaiResponses } from './responses/dialect.js';
import { openaiInputTokens } from './responses/input-tokens.js';
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

  interface Written {
    readonly body: JsonObject;
    readonly lost: readonly string[];
  }

  function written({ upstream }: Dialect, name: string, body: JsonObject): Written {
    const context = testContext();
    const copy = structuredClone(body);
    const named = upstream.thinkingInNames?.read(name);
    if (named === undefined) throw new Error(`${name} says nothing.`);
    upstream.thinkingInNames?.write(copy, named, context);
    return { body: copy, lost: context.lostFields() };
  }

  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['gpt-5-high', {}, { reasoning_effort: 'high' }, []],
    ['gpt-5-high', { reasoning_effort: 'high' }, { reasoning_effort: 'high' }, []],
    ['gpt-5-high', { reasoning_effort: 'low', temperature: 0 }, { reasoning_effort: 'high' }, ['thinking', 'temperature']],
    ['gpt-5.1-none', { temperature: 0 }, { reasoning_effort: 'none', temperature: 0 }, []],
    // This model cannot stop: it is asked for nothing.
    ['o3-none', { reasoning_effort: 'low' }, {}, ['thinking', 'thinking']],
  ])('%s is written into a body of chat: %j', (name, body, expected, lost) => {
    expect(written(openaiChat, name, body)).toEqual({ body: expected, lost });
  });

  it.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['gpt-5-high', {}, { reasoning: { effort: 'high' } }, []],
    ['gpt-5-high', { reasoning: { summary: 'auto', effort: 'low' } }, { reasoning: { summary: 'auto', effort: 'high' } }, ['thinking']],
    ['gpt-5.2-xhigh', { top_p: 0.5 }, { reasoning: { effort: 'xhigh' } }, ['top_p']],
  ])('%s is written into a body of Responses: %j', (name, body, expected, lost) => {
    expect(written(openaiResponses, name, body)).toEqual({ body: expected, lost });
    expect(written(openaiInputTokens, name, body)).toEqual({ body: expected, lost });
  });
});
