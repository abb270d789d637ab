import { UpstreamError } from '@tollgate/plugin-kit';
import { describe, expect, it } from 'vitest';
import { canonicalRequest, text, turn } from '../testing/canonical.js';
import { testContext } from '../testing/test-context.js';
import { openaiInputTokens } from './input-tokens.js';

const { upstream } = openaiInputTokens;

describe('the count of a request', () => {
  it('is asked for with the fields that count', () => {
    const request = canonicalRequest({
      stream: true,
      outputTokensMax: 50,
      endUser: 'u1',
      sampling: { temperature: 0 },
      tools: [{ name: 'weather' }],
      toolChoice: 'auto',
      turns: [turn('system', text('Be brief.')), turn('user', text('Hi'))],
    });
    expect(Object.keys(upstream.encodeRequest(request, testContext())).toSorted()).toEqual([
      'input',
      'instructions',
      'model',
      'tool_choice',
      'tools',
    ]);
  });

  it('is read as what the vendor states', () => {
    expect(upstream.decodeResponse({ object: 'response.input_tokens', input_tokens: 7 }, testContext())).toMatchObject({ inputTokens: 7 });
  });

  it('is none where the upstream states none', () => {
    for (const body of [null, 'x', {}, { input_tokens: '7' }])
      expect(() => upstream.decodeResponse(body, testContext())).toThrow(
        expect.toSatisfy((error: unknown) => UpstreamError.isInstance(error)),
      );
  });
});
