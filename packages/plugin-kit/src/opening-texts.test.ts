import { describe, expect, it } from 'vitest';
import { openingTexts } from './opening-texts.js';

describe('the texts with which a conversation begins', () => {
  it('are the system prompt and the first message, wherever texts stand', () => {
    const chat = [
      { role: 'system', content: 'Be kind.' },
      { role: 'developer', content: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: {} }, { type: 'image_url' }] },
      { role: 'assistant', content: 'Hi' },
    ];
    expect(openingTexts(undefined, chat)).toEqual(['Be kind.', 'Be brief.', 'Hello']);
    expect(openingTexts([{ text: 'Be kind.' }], [{ role: 'user', parts: [{ text: 'Hello' }] }, { role: 'model' }])).toEqual([
      'Be kind.',
      'Hello',
    ]);
    expect(openingTexts('Be kind.', 'Hello')).toEqual(['Be kind.', 'Hello']);
  });

  it('stay the same while the conversation goes on', () => {
    const first = [{ role: 'user', content: 'Hello' }];
    expect(openingTexts('s', [...first, { role: 'assistant', content: 'Hi' }, { role: 'user', content: 'More' }])).toEqual(
      openingTexts('s', first),
    );
  });

  it('are found in whatever a body holds, within bounds', () => {
    let nested: unknown = 'deep';
    for (let depth = 0; depth < 100_000; depth += 1) nested = { content: nested };
    expect(openingTexts(nested, nested)).toEqual([]);
    expect(openingTexts(7, [null, { role: 'user', content: 'Hello' }])).toEqual([]);
    expect(
      openingTexts(
        Array.from({ length: 1_000 }, () => 'x'),
        [],
      ),
    ).toHaveLength(16);
  });
});
