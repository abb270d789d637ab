import type { Block, CanonicalRequest, CodecContext, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { cohereChat } from './dialect.js';

const text = (value: string): Block => ({ type: 'text', text: value });
const call: Block = { type: 'tool-call', id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' };
const weather = { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

function encoded(
  fields: Partial<CanonicalRequest>,
  model = 'command-a-03-2025',
): { readonly body: JsonObject; readonly lost: readonly string[] } {
  const lost: string[] = [];
  const context: CodecContext = {
    lose: ({ field, how }) => lost.push(`${field} ${how}`),
    newId: (prefix) => prefix,
    now: () => 0,
    model: { id: model },
  };
  const request: CanonicalRequest = { model, stream: false, turns: [{ role: 'user', blocks: [text('Hello')] }], ...fields };
  return { body: cohereChat.upstream.encodeRequest(request, context), lost };
}

describe('a request to Cohere', () => {
  it('is short where little is asked', () => {
    const body = { model: 'command-a-03-2025', messages: [{ role: 'user', content: 'Hello' }], stream: true };
    expect(encoded({ stream: true })).toEqual({ body, lost: [] });
  });

  it('has words before a call as its plan, thinking as content, and results as messages of tools', () => {
    const { body, lost } = encoded({
      tools: [weather],
      turns: [
        { role: 'system', blocks: [text('Be brief.')] },
        { role: 'user', blocks: [text('Weather?')] },
        { role: 'assistant', blocks: [{ type: 'thinking', text: 'Hm.' }, text('I will look.'), call] },
        {
          role: 'user',
          blocks: [{ type: 'tool-result', callId: 'call_1', content: [{ type: 'text', text: 'Sunny' }] }, text('Well?')],
        },
      ],
    });
    expect(lost).toEqual([]);
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } }],
        tool_plan: 'I will look.',
        content: [{ type: 'thinking', thinking: 'Hm.' }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'Sunny' },
      { role: 'user', content: 'Well?' },
    ]);
  });

  it('calls settings by Cohere’s names, within its bounds', () => {
    const { body, lost } = encoded({
      outputTokensMax: 100,
      stopSequences: ['1', '2', '3', '4', '5', '6'],
      sampling: { temperature: 0.5, topP: 1, topK: 7, seed: 3, presencePenalty: -1, frequencyPenalty: 0.5 },
    });
    expect(body).toMatchObject({
      max_tokens: 100,
      stop_sequences: ['1', '2', '3', '4', '5'],
      temperature: 0.5,
      p: 0.99,
      k: 7,
      seed: 3,
      frequency_penalty: 0.5,
    });
    expect(lost).toEqual(['stop_sequences coerced', 'topP coerced', 'presencePenalty coerced']);
  });

  it.each([
    [{ frequencyPenalty: 0, presencePenalty: 0 }, {}, []],
    [{ frequencyPenalty: 0, presencePenalty: 0.5 }, { presence_penalty: 0.5 }, []],
    [{ frequencyPenalty: 0.25, presencePenalty: 0.5 }, { frequency_penalty: 0.25 }, ['presencePenalty dropped']],
  ])('has one penalty at most: %o', (sampling, penalties, losses) => {
    const { body, lost } = encoded({ sampling });
    const { frequency_penalty, presence_penalty } = body;
    expect(JSON.parse(JSON.stringify({ frequency_penalty, presence_penalty }))).toEqual(penalties);
    expect(lost).toEqual(losses);
  });

  it.each([
    ['required' as const, ['weather', 'time'], 'REQUIRED', []],
    ['none' as const, ['weather', 'time'], 'NONE', []],
    ['auto' as const, ['weather', 'time'], undefined, []],
    [{ name: 'time' }, ['time'], 'REQUIRED', ['tool_choice emulated']],
  ])('is told to call a tool: %o', (toolChoice, names, choice, losses) => {
    const { body, lost } = encoded({ tools: [weather, { name: 'time' }], toolChoice });
    const tools = body['tools'] as readonly { readonly function: { readonly name: string } }[];
    expect(tools.map((tool) => tool.function.name)).toEqual(names);
    expect(body['tool_choice']).toBe(choice);
    expect(lost).toEqual(losses);
  });

  it('is strict with all tools or none', () => {
    expect(encoded({ tools: [{ ...weather, strict: true }] }).body['strict_tools']).toBe(true);
    const mixed = encoded({ tools: [{ ...weather, strict: true }, { name: 'time' }] });
    expect(mixed).toMatchObject({ body: { strict_tools: true }, lost: ['tools.strict coerced'] });
  });

  it('holds the model to JSON, but not beside tools', () => {
    const schema = { type: 'object' };
    const format = { type: 'json-schema', name: 'answer', schema } as const;
    expect(encoded({ format }).body['response_format']).toEqual({ type: 'json_object', json_schema: schema });
    expect(encoded({ format: { type: 'json' } }).body['response_format']).toEqual({ type: 'json_object' });
    expect(encoded({ format, tools: [weather] }).lost).toEqual(['response_format dropped']);
  });

  it.each([
    [{ mode: 'off' } as const, { type: 'disabled' }, []],
    [{ mode: 'on', budgetTokens: 900 } as const, { type: 'enabled', token_budget: 900 }, []],
    [{ mode: 'on', effort: 'low' } as const, { type: 'enabled', token_budget: 2_048 }, ['thinking.effort coerced']],
    [{ mode: 'on', effort: 'high' } as const, { type: 'enabled' }, ['thinking.effort coerced']],
    [{ mode: 'auto' } as const, undefined, []],
  ])('says how to think: %o', (thinking, wire, losses) => {
    const { body, lost } = encoded({ thinking }, 'command-a-reasoning-08-2025');
    expect(body['thinking']).toEqual(wire);
    expect(lost).toEqual(losses);
  });

  it('does not say it to a model that does not think', () => {
    expect(encoded({ thinking: { mode: 'on', effort: 'high' } })).toMatchObject({ lost: ['thinking dropped'] });
    expect(encoded({ thinking: { mode: 'off' } }).lost).toEqual([]);
    expect(encoded({ thinking: { mode: 'off' } }, 'own-model').lost).toEqual(['thinking dropped']);
  });

  it('has pictures by address or as data', () => {
    const picture = (source: { url: string } | { base64: string }): Block => ({ type: 'media', media: 'image', source });
    const { body } = encoded({
      turns: [{ role: 'user', blocks: [picture({ url: 'https://a.example/a.png' }), picture({ base64: 'AAAA' })] }],
    });
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: 'https://a.example/a.png' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it.each([
    ['prepend', 'Be kind.\n\nBe brief.'],
    ['append', 'Be brief.\n\nBe kind.'],
    ['set', 'Be kind.'],
    ['when-absent', 'Be brief.'],
  ] as const)('takes an operator’s instructions: %s', (how, content) => {
    const { body } = encoded({ turns: [{ role: 'system', blocks: [text('Be brief.')] }] });
    cohereChat.upstream.instruct?.(body, { text: 'Be kind.', how });
    expect(body['messages']).toEqual([{ role: 'system', content }]);
  });
});
