import type { CanonicalRequest } from '@tollgate/plugin-kit';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { someRequest } from '../testing/arbitraries.js';
import { testContext } from '../testing/test-context.js';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';
import { inspect } from './inspect.js';

function throughTheWire(request: CanonicalRequest): CanonicalRequest {
  const body = JSON.parse(JSON.stringify(encodeRequest(request, testContext()))) as Record<string, unknown>;
  return decodeRequest(body, inspect(body), testContext());
}

describe('request round trip', () => {
  it('keeps the meaning of everything that the dialect can say', () => {
    fc.assert(
      fc.property(someRequest, (request) => {
        const context = testContext();
        encodeRequest(request, context);
        expect(context.losses).toEqual([]);
        expect(throughTheWire(request)).toEqual(request);
      }),
    );
  });

  it('writes fields that only Claude knows back', () => {
    const body = {
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'user', content: 'Hi' }],
      service_tier: 'auto',
      thinking: { type: 'between_tools' },
    };
    const request = decodeRequest(body, inspect(body), testContext());
    expect(request.extensions).toEqual({ 'claude-messages': { service_tier: 'auto', thinking: { type: 'between_tools' } } });
    expect(encodeRequest(request, testContext())).toMatchObject({ service_tier: 'auto', thinking: { type: 'between_tools' } });
  });
});
