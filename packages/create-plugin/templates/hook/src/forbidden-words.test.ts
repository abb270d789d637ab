import type { CallView } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { forbiddenWordsGate } from './forbidden-words.js';

function callSaying(text: string): CallView {
  return {
    requestId: 'request-1',
    dialect: 'any',
    model: 'some-model',
    stream: false,
    userId: 'user-1',
    group: 'default',
    tokenId: 'token-1',
    startedAt: 0,
    signal: new AbortController().signal,
    canonical: () => ({ model: 'some-model', stream: false, turns: [{ role: 'user', blocks: [{ type: 'text', text }] }] }),
  };
}

describe('forbidden words', () => {
  const gate = forbiddenWordsGate(['Top Secret']);

  it('are refused in any case', () => {
    expect(() => gate(callSaying('This is TOP SECRET.'))).toThrow('forbidden word');
  });

  it('are missed by nobody', () => {
    expect(gate(callSaying('Hello'))).toBeUndefined();
  });
});
