import { openaiChat } from '@tollgate/adapter-openai';
import type { CanonicalRequest, CodecContext, JsonObject, Thinking } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { type HabitName, habits } from './index.js';
import type { Habit } from './habit.js';

interface Written {
  readonly body: JsonObject;
  readonly lost: readonly string[];
}

function contextInto(lost: string[]): CodecContext {
  return { lose: ({ field }) => lost.push(field), newId: (prefix) => `${prefix}1`, now: () => 0, model: { id: 'm' } };
}

function edited(name: HabitName, body: JsonObject): Written {
  const lost: string[] = [];
  const habit: Habit = habits[name];
  habit.edit?.(body, contextInto(lost));
  return { body, lost };
}

function encoded(name: HabitName, more: Partial<CanonicalRequest>): Written {
  const lost: string[] = [];
  const habit: Habit = habits[name];
  const { encodeRequest } = openaiChat.upstream;
  const request: CanonicalRequest = { model: 'm', stream: false, turns: [], ...more };
  return { body: (habit.encode?.(encodeRequest) ?? encodeRequest)(request, contextInto(lost)), lost };
}

const thinks = (name: HabitName, thinking: Thinking): Written => encoded(name, { thinking });

describe('nine-character-call-ids', () => {
  it('replaces the ids of others, those of calls and of results alike', () => {
    const call = (id: string): JsonObject => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
    const { body } = edited('nine-character-call-ids', {
      messages: [
        { role: 'assistant', tool_calls: [call('call_one'), call('toolu_two'), call('Abc123xyz')] },
        { role: 'tool', tool_call_id: 'call_one', content: '1' },
        { role: 'tool', tool_call_id: 'toolu_two', content: '2' },
      ],
    });
    const [answer, one, two] = body['messages'] as [{ tool_calls: { id: string }[] }, { tool_call_id: string }, { tool_call_id: string }];
    const ids = answer.tool_calls.map(({ id }) => id);
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(ids.slice(0, 2)).toEqual([one.tool_call_id, two.tool_call_id]);
    expect(ids[2]).toBe('Abc123xyz');
  });

  it('does not make one of two', () => {
    const messages = Array.from({ length: 20_000 }, (_, index) => ({ role: 'tool', tool_call_id: `call_${index}` }));
    edited('nine-character-call-ids', { messages });
    expect(new Set(messages.map((message) => message.tool_call_id)).size).toBe(messages.length);
  });

  it('leaves alone what it does not understand', () => {
    expect(edited('nine-character-call-ids', { messages: [null, { tool_calls: 'x', tool_call_id: 7 }] }).body).toEqual({
      messages: [null, { tool_calls: 'x', tool_call_id: 7 }],
    });
  });
});

describe('thinking of earlier answers', () => {
  const history = (): JsonObject => ({
    messages: [
      { role: 'user', content: 'x', reasoning_content: 'not thinking' },
      { role: 'assistant', content: 'y', reasoning_content: 'Hm.', reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] },
    ],
  });

  it('is called reasoning where it is taken', () => {
    const { body, lost } = edited('thinking-called-reasoning', history());
    expect((body['messages'] as unknown[])[1]).toEqual({ role: 'assistant', content: 'y', reasoning: 'Hm.' });
    expect(lost).toEqual(['thinking block']);
  });

  it('is left out where it is refused, and said to be', () => {
    const { body, lost } = edited('no-thinking-in-history', history());
    expect(body['messages']).toEqual([
      { role: 'user', content: 'x', reasoning_content: 'not thinking' },
      { role: 'assistant', content: 'y' },
    ]);
    expect(lost).toEqual(['thinking block', 'thinking block']);
  });
});

describe('plain-messages', () => {
  it('knows no developers, and names of tools only', () => {
    const { body, lost } = edited('plain-messages', {
      messages: [
        { role: 'developer', content: 'x' },
        { role: 'user', name: 'ann', content: 'y' },
        { role: 'tool', name: 'f', content: 'z' },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'system', content: 'x' },
      { role: 'user', content: 'y' },
      { role: 'tool', name: 'f', content: 'z' },
    ]);
    expect(lost).toEqual(['messages.name']);
  });
});

describe('fields of a request', () => {
  it('have their older names', () => {
    expect(edited('older-names', { seed: 1, max_completion_tokens: 5 }).body).toEqual({ random_seed: 1, max_tokens: 5 });
    expect(edited('older-names', { random_seed: 2, seed: 1, max_tokens: 4 }).body).toEqual({ random_seed: 2, max_tokens: 4 });
  });

  it('do not ask for usage that is always stated', () => {
    expect(edited('no-stream-options', { stream: true, stream_options: { include_usage: true } }).body).toEqual({ stream: true });
  });

  it.each([
    [1, 0.99, ['topP']],
    [0, 0.01, ['topP']],
    [0.5, 0.5, []],
  ])('have a top_p of %d as %d', (topP, written, losses) => {
    expect(encoded('open-top-p', { sampling: { topP } })).toMatchObject({ body: { top_p: written }, lost: losses });
    expect(encoded('open-top-p', {}).body).not.toHaveProperty('top_p');
  });
});

describe('the wish to think', () => {
  it('is a switch', () => {
    expect(thinks('thinking-switch', { mode: 'off' })).toMatchObject({ body: { thinking: { type: 'disabled' } }, lost: [] });
    expect(thinks('thinking-switch', { mode: 'on', effort: 'high' }).body).toMatchObject({
      thinking: { type: 'enabled' },
      reasoning_effort: 'high',
    });
    expect(thinks('thinking-switch', { mode: 'auto' }).body).not.toHaveProperty('thinking');
  });

  it('is a budget', () => {
    expect(thinks('thinking-budget', { mode: 'off' })).toMatchObject({ body: { enable_thinking: false }, lost: [] });
    expect(thinks('thinking-budget', { mode: 'on', budgetTokens: 500 })).toMatchObject({
      body: { enable_thinking: true, thinking_budget: 500 },
      lost: [],
    });
    expect(thinks('thinking-budget', { mode: 'on', effort: 'low' })).toMatchObject({
      body: { enable_thinking: true },
      lost: ['thinking.effort'],
    });
    expect(thinks('thinking-budget', { mode: 'auto' }).body).not.toHaveProperty('enable_thinking');
  });

  it.each<[Thinking, JsonObject | undefined]>([
    [{ mode: 'off' }, { enabled: false }],
    [{ mode: 'on' }, { enabled: true }],
    [{ mode: 'on', effort: 'max' }, { effort: 'xhigh' }],
    [
      { mode: 'on', budgetTokens: 500, shown: false },
      { max_tokens: 500, exclude: true },
    ],
    [{ mode: 'auto' }, undefined],
  ])('is an object of its own: %j is %j', (thinking, reasoning) => {
    const { body, lost } = thinks('reasoning-object', thinking);
    expect(body['reasoning']).toEqual(reasoning);
    expect(body).not.toHaveProperty('reasoning_effort');
    expect(lost).toEqual([]);
  });

  it('is told apart from the text', () => {
    expect(encoded('parsed-reasoning', {}).body).toMatchObject({ reasoning_format: 'parsed' });
  });
});
