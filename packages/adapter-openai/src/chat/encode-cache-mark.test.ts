import type { Block, CanonicalRequest, JsonObject } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, text, turn } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';

const marked = (value: string, cache: Block['cache'] = {}): Block => ({
  type: 'text',
  text: value,
  ...(cache === undefined ? {} : { cache }),
});
const picture: Block = { type: 'media', media: 'image', source: { url: 'https://example.org/a.png' }, cache: {} };

function sent(fields: Partial<CanonicalRequest>) {
  const context = testContext();
  const body = encodeRequest(canonicalRequest(fields), context);
  return { messages: body['messages'] as JsonObject[], lost: context.lostFields() };
}

describe('marks for the prompt cache', () => {
  const turns = [
    turn('system', text('Rules.'), marked('More rules.')),
    turn('user', marked('Look', { lifetime: '1h' }), picture),
    turn('assistant', marked('I see.'), { type: 'tool-call', id: 'a', name: 'x', arguments: '{}' }),
    turn('user', { type: 'tool-result', callId: 'a', content: [{ type: 'text', text: 'r' }], cache: {} }),
  ];
  const url = { url: 'https://example.org/a.png' };

  it('go on every part to the vendor’s models that take them', () => {
    const mark = { prompt_cache_breakpoint: { mode: 'explicit' } };
    expect(sent({ model: 'gpt-5.6', turns })).toMatchObject({
      messages: [
        {
          content: [
            { type: 'text', text: 'Rules.' },
            { type: 'text', text: 'More rules.', ...mark },
          ],
        },
        {
          content: [
            { type: 'text', text: 'Look', ...mark },
            { type: 'image_url', image_url: url, ...mark },
          ],
        },
        { content: [{ type: 'text', text: 'I see.', ...mark }] },
        { content: [{ type: 'text', text: 'r', ...mark }] },
      ],
      lost: ['cache.lifetime'],
    });
  });

  it('go on texts to servers of Claude models, in Claude’s own words', () => {
    const mark = { cache_control: { type: 'ephemeral' } };
    const { messages, lost } = sent({ model: 'anthropic/claude-sonnet-4.5', turns });
    expect(messages.map(({ content }) => content)).toEqual([
      [
        { type: 'text', text: 'Rules.' },
        { type: 'text', text: 'More rules.', ...mark },
      ],
      [
        { type: 'text', text: 'Look', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'image_url', image_url: url },
      ],
      [{ type: 'text', text: 'I see.', ...mark }],
      [{ type: 'text', text: 'r', ...mark }],
    ]);
    expect(lost).toEqual(['cache']);
  });

  it.each(['gpt-4o', 'gpt-5.5', 'openai/gpt-5.6', 'deepseek-chat', 'google/gemini-3-pro'])(
    'are lost to %s, and content stays plain',
    (model) => {
      const { messages, lost } = sent({ model, turns });
      expect(lost).toEqual(['cache']);
      expect(messages.map(({ content }) => typeof content)).toEqual(['string', 'object', 'string', 'string']);
      expect(JSON.stringify(messages)).not.toMatch(/cache/);
    },
  );

  it.each(['gpt-5.6', 'claude-opus-4'])('have no place on tools, calls and empty results of %s', (model) => {
    const call: Block = { type: 'tool-call', id: 'a', name: 'x', arguments: '{}', cache: {} };
    const result: Block = { type: 'tool-result', callId: 'a', content: [], cache: {} };
    expect(sent({ model, tools: [{ name: 'x', cache: {} }] }).lost).toEqual(['cache']);
    expect(sent({ model, turns: [turn('assistant', call)] }).lost).toEqual(['cache']);
    expect(sent({ model, turns: [turn('user', result)] })).toMatchObject({ messages: [{ content: '' }], lost: ['cache'] });
  });

  it.each(['gpt-5.6', 'claude-opus-4'])('come back from %s as they went', (model) => {
    const { messages } = sent({ model, turns: [turn('user', marked('a'), text('b'))] });
    const body = { model, messages };
    expect(decodeRequest(body, inspect(body), testContext()).turns).toEqual([turn('user', marked('a'), text('b'))]);
  });
});
