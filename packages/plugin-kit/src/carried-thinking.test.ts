import { describe, expect, it } from 'vitest';
import type { ThinkingBlock } from './canonical.js';
import { unwrapCarriedThinking, wrapCarriedThinking } from './carried-thinking.js';
import { unsealed } from './seal.js';

const thinking: readonly ThinkingBlock[] = [
  { type: 'thinking', text: 'First “this”,\nthen that.', seal: { vendor: 'anthropic', value: 'EqQB.+/=' } },
  { type: 'thinking', text: '', redacted: true, seal: { vendor: 'anthropic', value: 'r' } },
  { type: 'thinking', text: 'No seal' },
];

describe('carried thinking', () => {
  it('comes back unchanged, with the seal of the call that carried it', () => {
    const seal = { vendor: 'google', value: 'Ci.Q=' };
    expect(unwrapCarriedThinking(wrapCarriedThinking(thinking, seal, 'google'))).toEqual({ thinking, seal: seal.value });
    expect(unwrapCarriedThinking(wrapCarriedThinking(thinking, undefined, 'google'))).toEqual({ thinking, seal: unsealed });
  });

  it('is not seen in texts that are none of ours, and is nothing where somebody altered it', () => {
    const list = (value: unknown): string => `tg1t.${Buffer.from(JSON.stringify(value)).toString('base64url')}.s`;
    for (const text of ['', unsealed, 'tg1t.', 'tg1t.x', 'tg1t.x.', list({})]) expect(unwrapCarriedThinking(text)).toBeUndefined();
    expect(unwrapCarriedThinking(list([null, [1, 2], ['a', 'b']]))).toEqual({ thinking: [], seal: 's' });
  });
});
