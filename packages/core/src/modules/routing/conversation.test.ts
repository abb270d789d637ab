import { describe, expect, it } from 'vitest';
import { type ConversationFacts, conversationOf } from './conversation.js';
import { routingSettings } from './routing-settings.js';

const long = 'Be kind. '.repeat(1_000);
const facts: ConversationFacts = {
  userId: 'u',
  model: 'm',
  promptCacheKey: undefined,
  sessionHeader: undefined,
  endUser: undefined,
  promptBytes: 10_000,
  opening: () => [long, 'Hello'],
};

const numberOf = (more: Partial<ConversationFacts> = {}, settings: object = {}) =>
  conversationOf({ ...facts, ...more }, routingSettings.schema.parse(settings));

describe('to which conversation a call belongs', () => {
  it('is told by the first mark that it has, in the order of the settings', () => {
    const stated = { promptCacheKey: 'k', sessionHeader: 's', endUser: 'e' };
    expect(numberOf(stated)).toBe(numberOf({ promptCacheKey: 'k' }));
    expect(numberOf(stated, { conversationsBy: ['user', 'prompt'] })).toBe(numberOf({ endUser: 'e' }));
    expect(numberOf({ sessionHeader: 'k' })).not.toBe(numberOf({ promptCacheKey: 'k' }));
    expect(numberOf({ promptCacheKey: '' })).toBe(numberOf());
    expect(numberOf(stated, { conversationsBy: [] })).toBeUndefined();
    expect(numberOf(stated, { conversations: false })).toBeUndefined();
  });

  it('is told by how it begins, where that is long enough to be cached', () => {
    expect(numberOf()).toBe(numberOf({ promptBytes: 50_000 }));
    expect(numberOf()).not.toBe(numberOf({ opening: () => [long, 'Hallo'] }));
    expect(numberOf()).not.toBe(numberOf({ opening: () => [`${long}!`, 'Hello'] }));
    expect(numberOf({ promptBytes: 4_095 })).toBeUndefined();
    expect(numberOf({ promptBytes: 4_095 }, { conversationPromptBytesMin: 0 })).toBe(numberOf());
    expect(numberOf({ opening: () => [] })).toBeUndefined();
    expect(numberOf({ opening: () => undefined })).toBeUndefined();
  });

  it('is never shared by two users or two models', () => {
    expect(numberOf({ userId: 'v' })).not.toBe(numberOf());
    expect(numberOf({ model: 'n' })).not.toBe(numberOf());
  });
});
