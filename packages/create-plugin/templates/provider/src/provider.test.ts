import { describe, expect, it } from 'vitest';
import { sampleVendor } from './provider.js';

describe('Sample Vendor', () => {
  it('knows an empty account from a wrong request', () => {
    const body = { error: { code: 'out_of_credit', message: 'Please top up.' } };
    const failure = { status: 400, headers: new Map<string, string>(), text: JSON.stringify(body), json: () => body };
    expect(sampleVendor.classify?.(failure)).toEqual({
      kind: 'insufficient-quota',
      scope: 'key',
      retry: 'other',
      message: 'Please top up.',
    });
  });
});
